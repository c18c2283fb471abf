import '../styles/tokens.css'
import './citizen.css'

import { createApp } from 'vue'

import CallbackPage from './CallbackPage.vue'

createApp(CallbackPage).mount('#app')
