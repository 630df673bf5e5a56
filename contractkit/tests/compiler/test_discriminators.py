"""Unions told apart by OpenAPI's discriminator, whose alternatives JSON Schema takes for one another."""

import pytest
from compiler.serving import client, implement
from pydantic import TypeAdapter, ValidationError

PETS = """
openapi: 3.1.0
info: {title: Pets, version: '1'}
paths:
  /pets:
    post:
      operationId: add
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses: {'204': {description: added}}
components:
  schemas:
    Pet:
      oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
      discriminator: {propertyName: kind, mapping: {cat: Cat, kitten: '#/components/schemas/Cat', dog: Dog}}
    Named:
      oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
      discriminator: {propertyName: kind}
    Base: {type: object, required: [kind], properties: {kind: {type: string}}}
    Cat: {type: object, required: [kind], properties: {kind: {type: string}, lives: {type: integer}}}
    Dog: {allOf: [{$ref: '#/components/schemas/Base'}, {type: object, properties: {barks: {type: boolean}}}]}
"""
CLASH = PETS.replace(
    "mapping: {cat: Cat, kitten: '#/components/schemas/Cat', dog: Dog}",
    "mapping: {Dog: Cat, cat: Dog}",
)
ELSEWHERE = PETS.replace("dog: Dog", "dog: 'https://x.example/Dog'")


@pytest.fixture
def pets(packages):
    return packages.written("discriminated", PETS)


def test_a_value_of_the_mapping_or_a_name_chooses_the_model(pets):
    models = pets.module("models.discriminated")
    pet, named = TypeAdapter(models.Pet), TypeAdapter(models.Named)
    for kind in ("cat", "kitten"):
        assert isinstance(pet.validate_python({"kind": kind, "barks": True}), models.Cat)
    assert isinstance(pet.validate_python({"kind": "dog", "lives": 9}), models.Dog)
    assert isinstance(named.validate_python({"kind": "Dog", "lives": 9}), models.Dog)
    for wrong in ({"kind": "cow"}, {"lives": 9}):
        with pytest.raises(ValidationError):
            pet.validate_python(wrong)
    assert pets.omissions == []


async def test_requests_pass_that_json_schema_alone_takes_for_both(pets):
    http = pets.module("http.default")
    taken = []

    async def add(self, *, body):
        taken.append(body)

    async with client(http.build_default_router(implement(http.DefaultApi, add=add))) as browser:
        for kind, status in (("kitten", 204), ("dog", 204), ("cow", 422)):
            assert (await browser.post("/pets", json={"kind": kind})).status_code == status
    assert [type(body).__name__ for body in taken] == ["Cat", "Dog"]


def test_typescript_has_the_same_values(pets):
    text = pets.text("typescript/src/models.ts")
    assert 'kind: "cat" | "kitten" | "Cat";' in text
    assert 'kind: "dog" | "Dog";' in text


def test_a_value_that_means_two_alternatives_is_told(packages):
    made = packages.written("discriminated_clash", CLASH)
    assert ["the model Named" in omission for omission in made.omissions] == [True]
    pet = TypeAdapter(made.module("models.discriminated_clash").Pet)
    assert type(pet.validate_python({"kind": "cat"})).__name__ == "Dog"


def test_a_mapping_that_leads_to_another_host_is_told(packages):
    made = packages.written("discriminated_elsewhere", ELSEWHERE)
    assert ["the model Pet" in omission for omission in made.omissions] == [True]


def test_a_base_that_lists_all_kinds_is_narrowed_with_types(packages, strictly_checked):
    text = PETS.replace(
        "properties: {kind: {type: string}}}\n    Cat",
        "properties: {kind: {$ref: '#/components/schemas/Kind'}}}\n    Cat",
    )
    made = packages.written(
        "discriminated_choice", f"{text}    Kind: {{type: string, enum: [Cat, Dog, dog, cat]}}\n"
    )
    assert "class Dog(" in made.text("models/discriminated_choice.py")
    strictly_checked(made)


FAMILY = """
openapi: 3.1.0
info: {title: Family, version: '1'}
paths:
  /pets:
    post:
      operationId: add
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses: {'204': {description: added}}
components:
  schemas:
    Pet:
      type: object
      required: [kind]
      properties: {kind: {type: string}}
      discriminator: {propertyName: kind, mapping: {cat: Cat}}
    Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {type: object, properties: {lives: {type: array, uniqueItems: true}}}]}
    Dog:
      allOf: [{$ref: '#/components/schemas/Pet'}, {type: object, properties: {barks: {type: boolean}}}]
      discriminator: {propertyName: kind}
    Puppy: {allOf: [{$ref: '#/components/schemas/Dog'}, {type: object, properties: {age: {type: integer}}}]}
"""
MAPPED = FAMILY.replace(
    "mapping: {cat: Cat}", "mapping: {cat: Cat, any: '#/components/schemas/Pet'}"
)
ABSTRACT = FAMILY.replace(
    "properties: {kind: {type: string}}",
    "properties: {kind: {type: string, enum: [cat, Dog, Puppy]}}",
)


@pytest.mark.parametrize(
    ("name", "document", "own"),
    [
        ("family", FAMILY, "Pet"),
        ("family_mapped", MAPPED, "any"),
        ("family_abstract", ABSTRACT, None),
    ],
)
async def test_a_parent_is_one_of_its_family_unless_its_property_can_not_say_so(
    packages, name, document, own
):
    made = packages.written(name, document)
    http = made.module("http.default")
    taken = []

    async def add(self, *, body):
        taken.append(type(body).__name__)

    kinds = {"cat": "Cat", "Dog": "DogOwn", "Puppy": "Puppy", "Pet": "PetOwn", "any": "PetOwn"}
    async with client(http.build_default_router(implement(http.DefaultApi, add=add))) as browser:
        for kind, model in kinds.items():
            status = 204 if model != "PetOwn" or kind == own else 422
            answer = await browser.post("/pets", json={"kind": kind})
            assert answer.status_code == status, (kind, answer.text)
            assert status == 422 or taken.pop() == model
        twice = await browser.post("/pets", json={"kind": "cat", "lives": [1, 1]})
        assert twice.json()["detail"][0]["msg"] == "Expected items that differ, at /lives"
        unknown = await browser.post("/pets", json={"kind": "cow"})
    expected = ["cat", "Dog", "Puppy", *([own] if own else [])]
    words = " or ".join(f'"{value}"' for value in expected)
    assert unknown.json()["detail"][0]["msg"] == f"Expected {words}, at /kind"
    assert made.omissions == []


def test_a_child_that_is_extended_itself_is_one_of_its_own_family(packages, strictly_checked):
    made = packages.written("family", FAMILY)
    models = made.module("models.family")
    dog = TypeAdapter(models.Dog)
    assert isinstance(dog.validate_python({"kind": "Dog"}), models.DogOwn)
    assert isinstance(dog.validate_python({"kind": "Puppy", "age": 1}), models.Puppy)
    for wrong in ("cat", "Pet"):
        with pytest.raises(ValidationError):
            dog.validate_python({"kind": wrong})
    assert "export type Pet = Cat | DogOwn | Puppy | PetOwn;" in made.text(
        "typescript/src/models.ts"
    )
    strictly_checked(made)
