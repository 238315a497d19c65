"use strict";
// What this browser keeps until the server has it: its keys, codes in stock, and captures in the queue.
const store = (() => {
  const NAME = "sayso-desk";
  const STORES = { devices: "key", codes: "code", entries: "id" };
  let opened;

  function open() {
    opened ||= new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        for (const [name, keyPath] of Object.entries(STORES)) request.result.createObjectStore(name, { keyPath });
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opened;
  }

  // Runs work in one transaction; resolves, once it is on the disk, with what the work's request found.
  async function within(names, mode, work) {
    const transaction = (await open()).transaction(names, mode, { durability: "strict" });
    return new Promise((resolve, reject) => {
      const request = work(...names.map((name) => transaction.objectStore(name)));
      transaction.oncomplete = () => resolve(request && request.result);
      transaction.onabort = () => reject(transaction.error || new Error("used"));
      transaction.onerror = () => reject(transaction.error);
    });
  }

  const all = (name) => within([name], "readonly", (rows) => rows.getAll());
  const get = (name, key) => within([name], "readonly", (rows) => rows.get(key));
  const put = (name, row) => within([name], "readwrite", (rows) => rows.put(row));
  const remove = (name, key) => within([name], "readwrite", (rows) => rows.delete(key));

  // The code leaves the stock and the entry joins the queue, or neither: no code is ever used twice.
  const useCode = (entry) => within(["codes", "entries"], "readwrite", (codes, entries) => {
    const found = codes.get(entry.code);
    found.onsuccess = () => {
      if (!found.result) { codes.transaction.abort(); return; }
      codes.delete(entry.code);
      entries.put(entry);
    };
  });

  return { all, get, put, remove, useCode };
})();
