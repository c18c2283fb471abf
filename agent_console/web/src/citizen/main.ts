import '../styles/tokens.css'
import './citizen.css'
import '../theme'

import { createApp } from 'vue'

import CallbackPage from './CallbackPage.vue'

createApp(CallbackPage).mount('#app')
