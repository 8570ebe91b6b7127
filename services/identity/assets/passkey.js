"use strict";

// All a browser cannot do without a script: ask an authenticator, and send its answer as a form.
const form = document.querySelector("form[data-passkey]");
const told = document.getElementById("told");

function tell(text) {
  told.textContent = text;
  told.hidden = false;
}

async function ask() {
  told.hidden = true;
  const making = form.dataset.passkey === "create";
  const options = JSON.parse(form.dataset.options).publicKey;
  try {
    const credential = making
      ? await navigator.credentials.create({
          publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
        })
      : await navigator.credentials.get({
          publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
        });
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  } catch (error) {
    tell(error.name === "InvalidStateError" ? form.dataset.known : form.dataset.failed);
  }
}

if (window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  if (form.dataset.passkey === "get") {
    ask();
  }
} else {
  tell(form.dataset.missing);
}
