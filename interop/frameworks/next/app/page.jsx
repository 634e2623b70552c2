export default function Page() {
  return <h1>hello from Next</h1>
}
