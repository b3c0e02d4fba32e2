// Find a unit by any part of its name, with or without Vietnamese marks; without this script the list stays whole.
(function () {
  var box = document.querySelector(".search"), input = document.getElementById("find"), found = document.getElementById("found");
  var units = Array.prototype.slice.call(document.querySelectorAll("#units > li"));
  function plain(text) {
    return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d").replace(/[^a-z0-9]+/g, " ").trim();
  }
  function search() {
    var wanted = plain(input.value), n = 0;
    units.forEach(function (unit) {
      unit.hidden = unit.getAttribute("data-name").indexOf(wanted) < 0;
      n += unit.hidden ? 0 : 1;
    });
    found.textContent = n ? found.dataset.found.replace("#", n) : found.dataset.none;
  }
  box.hidden = false;
  input.addEventListener("input", search);
  input.addEventListener("keydown", function (event) {
    var open = units.filter(function (unit) { return !unit.hidden; });
    if (event.key === "Enter" && open.length === 1 && open[0].querySelector("a")) { location.href = open[0].querySelector("a").href; }
  });
  search();
})();
