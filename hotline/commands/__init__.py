"""The kernel's own commands; each module registers itself with argparse."""

from hotline.commands import demo, doctor, migrate, phone, settings, tls, transcripts, up, user

BUILT_IN = (
    up.register,
    demo.register,
    doctor.register,
    user.register,
    phone.register,
    tls.register,
    migrate.register,
    settings.register,
    transcripts.register,
)
