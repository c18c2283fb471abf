import 'element-plus/theme-chalk/base.css'
import 'element-plus/theme-chalk/dark/css-vars.css'
import './styles/base.css'
import './theme'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import { whenSignedOut } from './api'
import App from './App.vue'
import { i18n } from './i18n'
import { router } from './router'
import { useSession } from './stores/session'

const app = createApp(App)
app.use(createPinia())
app.use(i18n)
app.use(router)
whenSignedOut(() => useSession().expire())
app.mount('#app')
