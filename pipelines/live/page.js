"use strict";
const main = document.getElementById("run"), lost = document.getElementById("lost");
const news = new EventSource("events");
news.onmessage = e => { main.innerHTML = e.data; lost.hidden = true; };
news.addEventListener("over", () => news.close());
news.onerror = () => { lost.hidden = false; }; // and the browser tries again
