/*
 * A map follows a choice before the page around it is drawn anew. Streamlit draws the page several times while the messages of a run come
 * in, and hands a map its state when one of these drawings is done. This reads the state off the connection as it arrives and gives it to
 * the map's frame, which paints it at once and knows it when it is handed on (`early` in static/map/map.js). From the beginning of a run
 * to its end, and until that frame is on screen, the messages wait, in their order and never longer than LONGEST: the page is then drawn once
 * with all of them.
 *
 * Nor does a map's place close while the map is being made: streamlit-folium asks for a frame as high as what it holds, which is nothing yet,
 * and for the height it was given a quarter of a second later. What stands below jumped up and down again, under a hand about to press.
 *
 * Nothing else is changed or left out. Without this script, or should a message look otherwise one day, maps follow as before, only later.
 */
(() => {
  "use strict";
  const LONGEST = 150; // milliseconds: a run of the map's page takes some eighty on a slow machine
  // Where things stand in a message, in the numbers of Streamlit's format (protobuf); tests/ui/test_server.py holds them.
  const BEGIN = 4, END = 6; // ForwardMsg.new_session, ForwardMsg.script_finished
  const STATE = [5, 3, 37, 2]; // ForwardMsg.delta, Delta.new_element, Element.component_instance, ComponentInstance.json_args
  const decoder = new TextDecoder();

  /** The field `wanted` of a message: its bytes, true for a number, or null without it. Throws where the bytes are no message. */
  function field(bytes, wanted) {
    let at = 0;
    const number = () => {
      for (let value = 0, unit = 1; at < bytes.length; unit *= 128) {
        const byte = bytes[at++];
        value += (byte & 127) * unit;
        if (byte < 128) return value;
      }
      throw new RangeError("a message that ends too early");
    };
    while (at < bytes.length) {
      const key = number(), kind = key & 7, length = kind === 2 ? number() : kind === 1 ? 8 : kind === 5 ? 4 : 0;
      if (kind === 0) number();
      if (key >>> 3 === wanted) return kind === 2 ? bytes.subarray(at, at + length) : true;
      at += length;
    }
    return null;
  }

  /** The maps of this page. */
  function maps() {
    return Array.from({ length: window.frames.length }, (_, i) => window.frames[i].Zevillage).filter((map) => map?.early);
  }

  /** Paint the state of a map that stands in a message; whether one was painted. */
  function paint(message) {
    let bytes = message;
    for (const number of STATE) if (bytes) bytes = field(bytes, number);
    const sent = bytes && JSON.parse(decoder.decode(bytes)).feature_group;
    return !!sent && maps().filter((map) => map.early(sent)).length > 0;
  }

  // Ours comes first: Streamlit listens later.
  window.addEventListener("message", (event) => {
    if (event.data?.type === "streamlit:setFrameHeight" && event.data.height === 0) event.stopImmediatePropagation();
  });

  window.WebSocket = class extends window.WebSocket {
    constructor(...where) {
      super(...where);
      const held = [];
      let timer = 0, passing = false, ended = false, waiting = 0;
      const has = (event, wanted) => field(new Uint8Array(event.data), wanted);
      const pass = () => {
        clearTimeout(timer);
        cancelAnimationFrame(waiting);
        timer = waiting = 0;
        ended = false;
        passing = true;
        while (held.length) {
          const event = held.shift();
          this.dispatchEvent(new MessageEvent("message", { data: event.data, origin: event.origin })); // one that was stopped stays so
          // Beginning and end of a run are turns of their own: Streamlit looks at what it has drawn before.
          if (held.length && (has(event, BEGIN) || has(held[0], END))) {
            timer = setTimeout(pass);
            break;
          }
        }
        passing = false;
      };
      // All of the run is here, and the map that it painted, if any, is on the screen.
      const ready = () => { if (timer && ended && !waiting) setTimeout(pass); };
      const shown = () => {
        cancelAnimationFrame(waiting);
        waiting = requestAnimationFrame(() => {
          waiting = requestAnimationFrame(() => {
            waiting = 0;
            ready();
          });
        });
      };
      // Ours come first: Streamlit listens later.
      this.addEventListener("close", pass);
      this.addEventListener("message", (event) => {
        if (passing || !(event.data instanceof ArrayBuffer)) return;
        try {
          const painted = paint(new Uint8Array(event.data));
          if (timer) {
            event.stopImmediatePropagation();
            held.push(event);
            ended ||= has(event, END);
            if (painted) shown();
            else ready();
          } else if (has(event, BEGIN) && !document.hidden && maps().length) timer = setTimeout(pass, LONGEST);
        } catch {
          pass(); // no message of the format known here: Streamlit says what is wrong with it
        }
      });
    }
  };
})();
