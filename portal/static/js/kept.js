// A list that reloads itself sends only what is new: a row that says data-same stays as it is.
window.htmx.registerExtension("kept", {
  htmx_config_request: (_element, { ctx }) => { ctx.request.headers["HX-Keeps"] = "rows" },
  htmx_before_morph_node: (_old, { newNode }) => newNode.dataset?.same === undefined,
})
