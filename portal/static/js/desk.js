import "./citizen.js"
import "./keys.js"
import "./needs.js"
