import pytest

from bioplast.errors import RequestError
from bioplast.training.protocols import PROTOCOLS, check_protocol


def test_every_row_is_found_by_its_own_name():
    assert PROTOCOLS
    for name, protocol in PROTOCOLS.items():
        check_protocol(name)
        assert protocol.name == name
        assert protocol.summary
        assert protocol.encoding


def test_unknown_protocol_lists_those_there_are():
    with pytest.raises(RequestError, match=f"no protocol 'paperly'; there are {', '.join(PROTOCOLS)}"):
        check_protocol("paperly")
