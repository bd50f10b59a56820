// Search as you type over a plain list. The list stays in the form and carries the value.
import { enhance, filled } from "./enhance.js"
import { wordsOf } from "./fold.js"

enhance("combobox", (field) => {
  const select = field.querySelector("select")
  const choices = readChoices(select)
  const parts = build(field, select)
  let active = -1
  let shown = []

  const open = () => parts.list.hidden === false
  const close = () => {
    parts.list.hidden = true
    active = -1
    parts.input.setAttribute("aria-expanded", "false")
    parts.input.removeAttribute("aria-activedescendant")
  }
  const show = (typed) => {
    shown = matching(choices, typed)
    draw(parts.list, shown, field.dataset)
    parts.list.hidden = false
    parts.list.scrollIntoView({ block: "nearest" })
    active = -1
    parts.input.setAttribute("aria-expanded", "true")
    parts.input.removeAttribute("aria-activedescendant")
    parts.status.textContent = shown.length ? filled(field.dataset.found, { n: shown.length }) : field.dataset.none
  }
  const choose = (choice) => {
    select.value = choice.value
    parts.input.value = choice.label
    close()
    select.dispatchEvent(new Event("change", { bubbles: true }))
  }
  const settle = () => {
    const same = choices.find((choice) => wordsOf(choice.label).join(" ") === wordsOf(parts.input.value).join(" "))
    if (same && same.value !== select.value) choose(same)
    else if (!parts.input.value.trim() && select.value) choose({ value: "", label: "" })
    else parts.input.value = labelOf(select)
    close()
  }
  const move = (step) => {
    if (!open()) show("")
    if (!shown.length) return
    active = (active + step + shown.length) % shown.length
    for (const option of parts.list.querySelectorAll("[role=option]")) {
      const here = Number(option.dataset.place) === active
      option.classList.toggle("combobox__option--active", here)
      option.setAttribute("aria-selected", String(here))
      if (here) option.scrollIntoView({ block: "nearest" })
    }
    parts.input.setAttribute("aria-activedescendant", `${parts.list.id}-${active}`)
  }

  parts.input.addEventListener("input", () => show(parts.input.value))
  parts.input.addEventListener("click", () => { if (!open()) show("") })
  parts.input.addEventListener("blur", settle)
  parts.input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      move(event.key === "ArrowDown" ? 1 : -1)
    } else if (event.key === "Enter" && open()) {
      event.preventDefault()
      if (shown.length && (active >= 0 || shown.length === 1)) choose(shown[Math.max(active, 0)])
    } else if (event.key === "Escape" && open()) {
      event.preventDefault()
      parts.input.value = labelOf(select)
      close()
    }
  })
  // A press must not take the focus away before the click has chosen.
  parts.list.addEventListener("pointerdown", (event) => event.preventDefault())
  parts.list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]")
    if (option) choose(shown[Number(option.dataset.place)])
  })
  select.addEventListener("change", () => { parts.input.value = labelOf(select) })
})

function readChoices(select) {
  return [...select.options].filter((option) => option.value && !option.disabled).map((option) => {
    const group = option.parentElement.label ?? ""
    const label = option.label.trim()
    return {
      value: option.value, label, group,
      near: wordsOf(label),
      far: [...wordsOf(group), ...wordsOf(option.dataset.keywords ?? "")],
    }
  })
}

function matching(choices, typed) {
  const sought = wordsOf(typed)
  const held = (words, word) => words.some((each) => each.startsWith(word))
  const near = (choice) => sought.every((word) => held(choice.near, word))
  const far = (choice) => sought.every((word) => held(choice.near, word) || held(choice.far, word))
  return [...choices.filter(near), ...choices.filter((choice) => !near(choice) && far(choice))]
}

function build(field, select) {
  const input = document.createElement("input")
  const list = document.createElement("ul")
  const status = document.createElement("p")
  const frame = document.createElement("div")
  input.id = select.id
  select.id = `${input.id}-value`
  list.id = `${input.id}-list`
  input.className = "field__input"
  input.type = "text"
  input.autocomplete = "off"
  input.value = labelOf(select)
  input.placeholder = field.dataset.placeholder
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value)
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name))
  }
  if (select.required) input.setAttribute("aria-required", "true")
  list.className = "combobox__list"
  list.setAttribute("role", "listbox")
  list.setAttribute("aria-label", field.querySelector("label").textContent)
  list.hidden = true
  status.className = "unseen"
  status.setAttribute("role", "status")
  frame.className = "combobox"
  select.required = false
  select.hidden = true
  select.before(frame)
  frame.append(input, list, status)
  return { input, list, status }
}

function draw(list, shown, words) {
  list.replaceChildren()
  if (!shown.length) {
    const none = document.createElement("li")
    none.className = "combobox__none"
    none.setAttribute("role", "presentation")
    none.textContent = words.none
    list.append(none)
  }
  let group = null
  shown.forEach((choice, place) => {
    if (choice.group && choice.group !== group) list.append(heading(choice.group))
    group = choice.group
    const option = document.createElement("li")
    option.className = "combobox__option"
    option.id = `${list.id}-${place}`
    option.dataset.place = place
    option.setAttribute("role", "option")
    option.setAttribute("aria-selected", "false")
    option.textContent = choice.label
    list.append(option)
  })
}

function heading(words) {
  const line = document.createElement("li")
  line.className = "combobox__group"
  line.setAttribute("role", "presentation")
  line.textContent = words
  return line
}

function labelOf(select) {
  return select.value ? select.selectedOptions[0].label.trim() : ""
}
