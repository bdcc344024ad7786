/** GraphiQL as a reader uses it. */

export class GraphiQLPage {
  constructor(page) {
    this.page = page;
  }

  async start(tab) {
    await this.page.getByRole("tab", { name: new RegExp(`^${tab}`) }).click();
    await this.page.getByRole("button", { name: /Execute query/ }).click();
  }

  /** Runs a tab and reads its result from the network; waits until the page shows `field` of it too. */
  async run(tab, field) {
    const answered = this.page.waitForResponse((response) => {
      const body = response.request().postDataJSON();
      return response.url().endsWith("/graphql") && body?.operationName === tab;
    });
    await this.start(tab);
    const result = await (await answered).json();
    if (result.errors) throw new Error(`${tab}: ${JSON.stringify(result.errors)}`);
    await this.shows(field);
    return result;
  }

  async shows(text) {
    await this.page.locator(".graphiql-response .view-line").filter({ hasText: text }).first().waitFor();
  }
}
