"use strict";

// What the scripts of all pages share.

/** The data that the page holds, as PageData.swift wrote them. */
async function readPage() {
    const text = atob(document.getElementById("data").textContent);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
}

/** Says instead of what is missing why it could not be drawn. */
function tellFailure(error, what) {
    document.documentElement.classList.remove("js");
    const notice = document.getElementById("no-script");
    notice.hidden = false;
    notice.textContent = typeof DecompressionStream === "undefined"
        ? `This browser is too old for ${what}: they need Firefox 113, Chromium 97 or Safari 16.4, or later.`
        : `What moves on this page, ${what}, could not be drawn: ${error.message}`;
}

/** A number with a minus sign, which is as long as a plus. */
function decimal(value, decimals) { return value.toFixed(decimals).replace("-", "−"); }

/** The colours of page.css: they follow light, dark and print. */
function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
}

/** An element with text and attributes; text is never read as HTML. */
function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
}

/** Text as it can stand in a line of a file. */
function oneLine(text) { return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim(); }

/** Has the browser save a file. */
function saveFile(name, text) {
    const url = URL.createObjectURL(new Blob([text], {type: "text/plain"}));
    element("a", {href: url, download: name}).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
}
