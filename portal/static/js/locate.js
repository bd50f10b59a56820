// "Use my location": fills the coordinates, then asks the server which neighbourhood they lie in.
import { enhance, part } from "./enhance.js"

const PATIENCE = 15000

enhance("locate", (box) => {
  if (!navigator.geolocation) return
  const button = part(box, "button")
  const said = part(box, "said")
  button.hidden = false

  button.addEventListener("click", () => {
    said.textContent = box.dataset.asking
    button.disabled = true
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => settle(coords).finally(() => { button.disabled = false }),
      ({ code, PERMISSION_DENIED }) => {
        said.textContent = code === PERMISSION_DENIED ? box.dataset.denied : box.dataset.unknown
        button.disabled = false
      },
      { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 60000 },
    )
  })

  async function settle({ latitude, longitude }) {
    part(box, "lat").value = latitude.toFixed(6)
    part(box, "lon").value = longitude.toFixed(6)
    const query = new URLSearchParams({ lat: latitude.toFixed(6), lon: longitude.toFixed(6) })
    const found = await ask(`${box.dataset.url}?${query}`)
    said.textContent = found ? found.words : box.dataset.offline
    const list = box.closest("form").elements[box.dataset.neighbourhood]
    if (!found?.neighbourhood || !list) return
    list.value = found.neighbourhood
    list.dispatchEvent(new Event("change", { bubbles: true }))
  }
})

async function ask(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } })
    return answer.ok ? await answer.json() : null
  } catch {
    return null
  }
}
