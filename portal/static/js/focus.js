// The summary of what went wrong is the first thing a reader hears.
import { enhance } from "./enhance.js"

enhance("focus", (area) => area.focus())
