// Reloads the page when the preview has published the site again, and shows what is wrong with it.
"use strict";

const script = document.currentScript;
const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

function show(problems) {
  document.getElementById("gazette-problems")?.remove();
  if (problems.length === 0) return;
  const box = document.createElement("pre");
  box.id = "gazette-problems";
  box.setAttribute("role", "alert");
  box.textContent = problems.join("\n");
  Object.assign(box.style, {
    position: "fixed", insetInline: "0", bottom: "0", margin: "0", padding: "1rem",
    maxHeight: "40vh", overflow: "auto", whiteSpace: "pre-wrap",
    background: "#7a1020", color: "#fff", font: "14px/1.5 monospace", zIndex: "9",
  });
  document.body.append(box);
}

async function follow(shown) {
  let asked = 0; // no publication has this number, so the first answer comes at once
  for (;;) {
    try {
      const answer = await fetch(`/_gazette/after/${asked}.json`, { cache: "no-store" });
      const state = await answer.json();
      if (state.number !== shown) return location.reload();
      show(state.problems);
      asked = shown;
    } catch {
      await pause(1); // the preview has ended, and may begin again
    }
  }
}

follow(Number(script.dataset.number));
