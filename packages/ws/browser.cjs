// Stands in for the package in bundles for browsers. It can be imported everywhere, and says what to use where it is called.
module.exports = function WebSocket() {
  throw new Error("the package ws is for Node; in a browser, use the platform's WebSocket")
}
