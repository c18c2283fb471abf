import numpy as np
import pytest

from hotline.g711 import A_LAW, LAWS, U_LAW, Law


class TestLaw:
    @pytest.mark.parametrize("law", LAWS.values())
    def test_encode__of_every_decoded_code_is_the_code(self, law: Law) -> None:
        codes = np.arange(256, dtype=np.uint8).tobytes()
        decoded = law.decode(codes)

        again = law.decode(law.encode(decoded))

        # u-law has two codes for zero; by value nothing changes.
        assert (again == decoded).all()

    @pytest.mark.parametrize("law", LAWS.values())
    def test_encode__stays_within_a_step(self, law: Law) -> None:
        samples = np.arange(-32768, 32768, 7).astype(np.int16)

        error = np.abs(law.decode(law.encode(samples)).astype(int) - samples)

        assert (error <= np.maximum(np.abs(samples.astype(int)) // 16, 16)).all()

    def test_decode__of_known_codes(self) -> None:
        # ITU-T G.711, tables 1a and 2a: the largest and the smallest values.
        assert A_LAW.decode(b"\xaa\x2a\xd5\x55").tolist() == [32256, -32256, 8, -8]
        assert U_LAW.decode(b"\x80\x00\xff\x7f").tolist() == [32124, -32124, 0, 0]

    @pytest.mark.parametrize("law", LAWS.values())
    def test_silence__is_next_to_nothing(self, law: Law) -> None:
        assert abs(int(law.decode(bytes([law.silence]))[0])) <= 8
