// Talking to the sandbox. A refusal is thrown as an Error with the sandbox's own words.

export async function get(path) {
  return read(await fetch(path));
}

export async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return read(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function read(response) {
  const value = await response.json();
  if (!response.ok) throw new Error(value.errors[0].details);
  return value;
}
