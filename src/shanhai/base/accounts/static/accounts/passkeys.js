// SPDX-License-Identifier: Apache-2.0
// Says on the page when a passkey did not work: the library only writes to the console, which nobody reads.
document.addEventListener("allauth.error", (event) => {
  const trouble = document.getElementById("passkey-trouble");
  if (trouble) {
    event.preventDefault();
    trouble.hidden = false;
    trouble.scrollIntoView({ block: "nearest" });
  }
});
