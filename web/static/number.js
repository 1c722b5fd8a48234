// A whole number that is pasted or filled in sets the country code by itself;
// one of a country that is not in the list is kept whole.

function takes(field, text) {
  const whole = text.replace(/[^\d+]/g, "").replace(/^00/, "+");
  if (field.readOnly || !whole.startsWith("+")) return false;
  const list = field.form.elements.prefix;
  const own = [...list.options].find((option) => option.value && whole.startsWith("+" + option.value));
  list.value = own ? own.value : "";
  field.value = own ? whole.slice(own.value.length + 1) : whole;
  return true;
}

document.addEventListener("paste", (event) => {
  if (event.target.id === "number" && takes(event.target, event.clipboardData.getData("text"))) event.preventDefault();
});

document.addEventListener("change", (event) => event.target.id === "number" && takes(event.target, event.target.value));
