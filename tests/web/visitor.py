"""Visit the pages as a browser would: keep cookies, go to the provider and come back."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx2

from tests.london import PASSWORD
from tests.stack import Stack


@dataclass
class Visitor:
    """One browser."""

    stack: Stack

    @property
    def client(self) -> httpx2.AsyncClient:
        return self.stack.client

    async def go_to_provider(self) -> str:
        """Begin to sign in; give the provider's address."""
        return (await self.client.get("/sign-in")).headers["location"]

    async def answer_of_provider(self, address: str, user: str = "ed-consultant") -> str:
        """Sign in at the provider; give the address that it sends the browser back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        form = {**asked, "username": user, "password": PASSWORD}
        async with httpx2.AsyncClient(trust_env=False) as elsewhere:
            answer = await elsewhere.post(address.split("?")[0], data=form)
        return answer.headers["location"]

    async def sign_in(self, user: str = "ed-consultant") -> httpx2.Response:
        address = await self.go_to_provider()
        return await self.client.get(await self.answer_of_provider(address, user))

    async def form_token(self) -> str:
        page = await self.client.get("/find")
        return re.findall(r'name="form_token" value="([^"]+)"', page.text)[0]

    async def post(self, path: str, **fields: str) -> httpx2.Response:
        token = await self.form_token()
        return await self.client.post(path, data={"form_token": token, **fields})
