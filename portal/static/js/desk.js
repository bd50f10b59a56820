import "./citizen.js"
import "./keys.js"
