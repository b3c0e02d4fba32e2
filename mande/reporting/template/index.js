// Find a unit by any part of its names, with or without Vietnamese marks; without this script the list stays whole.
(function () {
  var SHOWN = 50, SLICE = 200;
  var box = document.querySelector(".search"), input = document.getElementById("find"), found = document.getElementById("found");
  var hits = document.getElementById("hits"), all = document.getElementById("all");
  var units = Array.prototype.slice.call(all.querySelectorAll("li")), texts = [], groups = new Map();
  function plain(text) {
    return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d").replace(/[^a-z0-9]+/g, " ").trim();
  }
  function groupOf(unit) {
    var list = unit.parentNode;
    if (!groups.has(list)) {
      var group = unit.closest("details"), name = group ? group.querySelector("summary").firstChild.data.trim() : "";
      groups.set(list, {name: name, plain: plain(name)});
    }
    return groups.get(list);
  }
  // All names of each unit as one text with a space around every word; made in slices before the first letter is typed.
  function read(end) {
    for (var i = texts.length; i < Math.min(end, units.length); i++) {
      var names = " " + plain(units[i].firstChild.textContent + " " + (units[i].dataset.name || "")) + " ";
      texts.push({names: names, whole: names + groupOf(units[i]).plain + " "});
    }
  }
  function readOn() {
    read(texts.length + SLICE);
    if (texts.length < units.length) { setTimeout(readOn, 20); }
  }
  // 0 whole words in this order, 1 part of a word, 2 every word (the last may be begun) somewhere, also in the name of the
  // place above, 3 not found.
  function rank(text, wanted, words) {
    if (text.names.indexOf(" " + wanted + " ") >= 0) { return 0; }
    if (text.names.indexOf(wanted) >= 0) { return 1; }
    return words.every(function (word, i) {
      return text.whole.indexOf(" " + word + (i < words.length - 1 ? " " : "")) >= 0;
    }) ? 2 : 3;
  }
  function hit(unit) {
    var copy = unit.cloneNode(true), group = groupOf(unit).name;
    if (group) {
      var where = document.createElement("small");
      where.textContent = group;
      copy.insertBefore(where, copy.lastElementChild);
      copy.insertBefore(document.createTextNode(" "), where);
    }
    return copy;
  }
  function search() {
    var wanted = plain(input.value), best = [[], [], [], []];
    var words = wanted.split(" ");
    if (wanted) { read(units.length); }
    units.forEach(function (unit, i) { best[wanted ? rank(texts[i], wanted, words) : 0].push(unit); });
    var chosen = best[0].concat(best[1], best[2]), n = chosen.length, some = wanted && n > SHOWN;
    all.hidden = !!wanted;
    hits.hidden = !wanted;
    hits.replaceChildren.apply(hits, wanted ? chosen.slice(0, SHOWN).map(hit) : []);
    found.textContent = !n ? found.dataset.none : (some ? found.dataset.first : found.dataset.found)
      .replace("#", n.toLocaleString(document.documentElement.lang)).replace("@", SHOWN);
  }
  box.hidden = false;
  input.addEventListener("input", search);
  input.addEventListener("keydown", function (event) {
    var link = hits.children.length === 1 && hits.querySelector("a");
    if (event.key === "Enter" && link) { location.href = link.href; }
  });
  window.addEventListener("beforeprint", function () {
    all.querySelectorAll("details").forEach(function (group) { group.open = true; });
  });
  search();
  setTimeout(readOn, 20);
})();
