"""Writes the tables of what AWS offers: instance-types.json, database-classes.json and postgres-versions.json.

Regions, classes and versions come from cfn-lint (MIT-0), which asks AWS for them every month; processors and memory from moto (Apache-2.0),
which keeps the answer of EC2's DescribeInstanceTypes. Both are downloaded from PyPI, and nothing of them is run.

Usage: npx nx update-data config
"""

import collections
import gzip
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from typing import Any

HERE = pathlib.Path(__file__).parent
AWS_TS = HERE.parent / 'src' / 'aws.ts'
SCHEMAS = 'cfnlint/data/schemas/'

# What MLflow is run on; see src/rules/server.ts.
SERVER_SIZES = ['micro', 'small', 'medium', 'large', 'xlarge', '2xlarge', '4xlarge']

Size = list[int]  # virtual processors, memory in MiB
Offer = dict[str, set[str]]  # the types of each region
Json = Any


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cfn_lint, moto = download('cfn-lint', folder), download('moto', folder)
        with zipfile.ZipFile(cfn_lint) as wheel:
            date = read(wheel, 'version.json')['schema_date'][:10]
            servers = read(wheel, 'extensions/aws_ec2_instance/instancetype_enum.json')
            classes = read(wheel, 'extensions/aws_rds_dbinstance/dbinstanceclass_enum.json')
            by_version = read(wheel, 'extensions/aws_rds_dbinstance/db_instance_class.json')
        with zipfile.ZipFile(moto) as wheel:
            described = json.loads(gzip.decompress(wheel.read('moto/ec2/resources/instance_types.json.gz')))

    facts = {'date': date, 'source': f'{version_of(cfn_lint)}, memory and processors {version_of(moto)}'}
    regions = offered_regions()
    bootable = {name: size_of(it) for name, it in described.items() if boots(it)}

    # A family that exists only in price lists has no relative in what EC2 describes, and is left out with that.
    types = {region: {t for t in servers[region]['enum'] if t.split('.', 1)[1] in SERVER_SIZES} for region in regions}
    write('instance-types.json', facts, table(types, bootable))

    orderable = {version: set(enum) for version, enum in postgres_classes(by_version)}
    newer = set[str]().union(*orderable.values())
    rds = {region: {c for c in postgres_in(classes[region]) if c in newer} for region in regions}
    everything = {name: size_of(it) for name, it in described.items()}
    write('database-classes.json', facts, table({r: {c.removeprefix('db.') for c in cs} for r, cs in rds.items()}, everything))

    majors: dict[str, list[int]] = collections.defaultdict(list)
    for version in orderable:
        major, minor = version.split('.')
        majors[major].append(int(minor))
    minors = {major: ' '.join(map(str, sorted(found))) for major, found in sorted(majors.items())}
    write('postgres-versions.json', facts, {'minors': minors})


def download(package: str, folder: str) -> pathlib.Path:
    """The newest wheel of a package."""
    subprocess.run(
        [sys.executable, '-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', '--dest', folder, package], check=True
    )
    return next(pathlib.Path(folder).glob(f'{package.replace("-", "_")}-*.whl'))


def version_of(wheel: pathlib.Path) -> str:
    name, version = wheel.name.split('-')[:2]
    return f'{name.replace("_", "-")} {version}'


def read(wheel: zipfile.ZipFile, path: str) -> Json:
    return json.loads(wheel.read(SCHEMAS + path))


def offered_regions() -> list[str]:
    """The regions of src/aws.ts, so that a new one is named in one place."""
    block = re.search(r'export const regions = \[(.*?)\] as const', AWS_TS.read_text(), re.S)
    return re.findall(r"'([a-z]+-[a-z]+-\d)'", block.group(1)) if block else []


def boots(described: Json) -> bool:
    """Whether Amazon Linux 2023 starts there: 64 bits, not the first Graviton, no bare metal, not a Mac."""
    processor = described['ProcessorInfo']['SupportedArchitectures']
    return (
        'hvm' in described['SupportedVirtualizationTypes']
        and bool({'x86_64', 'arm64'} & set(processor))
        and not described['BareMetal']
        and not described['InstanceType'].startswith('a1.')
    )


def size_of(described: Json) -> Size:
    return [described['VCpuInfo']['DefaultVCpus'], described['MemoryInfo']['SizeInMiB']]


def postgres_in(region: Json) -> set[str]:
    found = [rule for rule in region['allOf'] if rule['if']['properties']['Engine'].get('const') == 'postgres']
    return set.intersection(*(set(rule['then']['properties']['DBInstanceClass']['enum']) for rule in found))


def postgres_classes(rules: Json) -> Iterator[tuple[str, list[str]]]:
    """Versions 14 and later with the classes that take them. Versions of Aurora are among them: those know no class of family m."""
    for rule in rules['allOf']:
        conditions = rule['if']['properties']
        if conditions['Engine'].get('const') != 'postgres':
            continue
        version = re.search(r'\|(\d+\\\.\d+)\)\$$', conditions['EngineVersion']['pattern'])
        enum = rule['then']['properties']['DBInstanceClass']['enum']
        if version and 'db.m6g.large' in enum:
            name = version.group(1).replace('\\', '')
            if int(name.split('.')[0]) >= 14:
                yield name, enum


def relative(name: str, sizes: dict[str, Size]) -> Size | None:
    """Processors and memory of a type, or of the nearest older one of its line: m8g for m9g, t3 for t8i."""
    if name in sizes:
        return sizes[name]
    family, size = name.split('.', 1)
    line = re.fullmatch(r'([a-z]+)(\d+)([a-z]*)(-flex)?', family)
    if line is None:
        return None
    letters, generation, suffix = line.group(1), int(line.group(2)), line.group(3)
    for older in range(generation, 0, -1):
        for length in range(len(suffix), -1, -1):
            found = sizes.get(f'{letters}{older}{suffix[:length]}.{size}') or sizes.get(f'{letters}{older}{suffix[:length]}d.{size}')
            if found:
                return found
    return None


def table(offer: Offer, sizes: dict[str, Size]) -> dict[str, object]:
    """Families with their sizes, the families of each region, and what a region lacks of a family that it has."""
    families: dict[str, dict[str, Size]] = collections.defaultdict(dict)
    for name in sorted(set[str]().union(*offer.values())):
        size = relative(name, sizes)
        if size:
            family, ending = name.split('.', 1)
            families[family][ending] = size
    lacking = {}
    for region, types in offer.items():
        here = {name.split('.', 1)[0] for name in types if name.split('.', 1)[0] in families}
        missing = [f'{f}.{s}' for f in sorted(here) for s in families[f] if f'{f}.{s}' not in types]
        if missing:
            lacking[region] = ' '.join(missing)
    return {
        'families': {
            family: ' '.join(f'{ending}:{cpus}:{mib}' for ending, (cpus, mib) in sorted(of.items(), key=lambda item: (item[1][1], item[0])))
            for family, of in sorted(families.items())
        },
        'regions': {
            region: ' '.join(sorted({name.split('.', 1)[0] for name in types} & set(families))) for region, types in sorted(offer.items())
        },
        'lacking': lacking,
    }


def write(name: str, facts: dict[str, str], content: dict[str, object]) -> None:
    (HERE / name).write_text(json.dumps({**facts, **content}, indent=2) + '\n')
    print(f'{name}: {facts["date"]}')


if __name__ == '__main__':
    main()
