// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {IMeterRegistry} from "../../contracts/interfaces/IMeterRegistry.sol";
import {MeterKeys} from "../../contracts/ocmf/MeterKeys.sol";
import {SessionId} from "../../contracts/types/MarketTypes.sol";
import {MeterKey, MeterRecord, RecordHints} from "../../contracts/ocmf/OcmfTypes.sol";
import {Meter, MeterQuery} from "../../contracts/types/MeterTypes.sol";
import {MeterReadWorld} from "../support/contracts/MeterReadWorld.sol";

/// @title Whose record it is: session, key and signature
contract MeterReadWhoseTest is MeterReadWorld {
    /* WHOSE SESSION */

    function test_Read_NamesAnotherSession() external view {
        SessionId other = SessionId.wrap(bytes32(uint256(SessionId.unwrap(SESSION)) ^ (1 << 76)));
        _assertNamed(_name(other), false, "another in the 180th bit");
        _assertNamed("", false, "nobody");
        _assertNamed(string.concat(_name(SESSION), "a"), false, "longer");
        _assertNamed(string.concat(" ", _name(SESSION)), false, "shifted");
        _assertNamed(_upper(_name(SESSION)), true, "in capitals");

        // The last 76 bits are not on the meter.
        other = SessionId.wrap(bytes32(uint256(SessionId.unwrap(SESSION)) ^ ((1 << 76) - 1)));
        _assertNamed(_name(other), true, "what the name has room for");
    }

    function testFuzz_Read_Names(SessionId sessionId, bytes32 flips) external view {
        MeterQuery memory query = _query();
        query.sessionId = sessionId;
        MeterRecord memory record = _record(_payload(1, _name(sessionId), _both("1", "2")));
        vm.assertTrue(meters.read(query, meter, _list(record)).namesSession, "itself");

        bool same = uint256(flips) >> 76 == 0;
        query.sessionId = SessionId.wrap(SessionId.unwrap(sessionId) ^ flips);
        vm.assertTrue(meters.read(query, meter, _list(record)).namesSession == same, "another");
    }

    function test_Read_IdentificationNotClaimed() external view {
        string memory payload = _plain(1);
        MeterRecord memory record = _record(payload);
        record.hints = _hints(0, _find(payload, '"PG"', 0), 0, _find(payload, '"RD"', 0));
        vm.assertTrue(!meters.read(_query(), meter, _list(record)).namesSession, "not named");
    }

    function test_Read_BothRecordsMustName() external view {
        string memory named = _payload(7, _name(SESSION), _import("B", "1"));
        string memory unnamed = _payload(8, "", _import("E", "2"));
        vm.assertTrue(!_readPair(named, unnamed).namesSession, "end without");

        unnamed = _payload(7, "", _import("B", "1"));
        named = _payload(8, _name(SESSION), _import("E", "2"));
        vm.assertTrue(!_readPair(unnamed, named).namesSession, "begin without");
    }

    /* KEYS AND SIGNATURES */

    function test_Read_ForeignKey() external {
        MeterKey memory foreign = _r1Key(OTHER_SECRET);
        MeterRecord[] memory records = _list(_record(foreign, OTHER_SECRET, _plain(1)));

        vm.expectRevert(
            abi.encodeWithSelector(
                IMeterRegistry.MeterUnknownKey.selector,
                meters.keyIdOf(foreign),
                pile.account
            )
        );
        meters.read(_query(), foreign, records);

        // Under a certified key its signature is nobody's.
        _refuses(records, _badSignature(records[0]));
    }

    function test_Read_KeyOfAnotherPile() external {
        MeterQuery memory query = _query();
        query.pile = otherPile.account;
        MeterRecord[] memory records = _list(_record(_plain(1)));

        vm.expectRevert(
            abi.encodeWithSelector(
                IMeterRegistry.MeterUnknownKey.selector,
                meterId,
                otherPile.account
            )
        );
        meters.read(query, meter, records);
    }

    function test_METER4_Read_OutsideTheCertificatesTime() external {
        (, Meter memory known) = meters.meterOf(meterId);
        meters.read(_query(), meter, _list(_record(_plain(1))));

        vm.warp(known.validFrom - 1);
        _refuses(_plain(1), _notInForce(known));
        vm.warp(known.validUntil);
        _refuses(_plain(1), _notInForce(known));
        vm.warp(known.validUntil - 1);
        meters.read(_query(), meter, _list(_record(_plain(1))));
    }

    function test_Read_HighS() external {
        MeterRecord memory record = _record(_plain(1));
        record.s = bytes32(P256.N - uint256(record.s));
        _refuses(_list(record), abi.encodeWithSelector(MeterKeys.MeterHighS.selector, record.s));
    }

    function test_Read_HighSOnSecp256k1() external {
        MeterKey memory key = _k1Key(1);
        _certify(key, pile);
        MeterRecord memory record = _record(key, 1, _plain(1));
        record.s = bytes32(K1_N - uint256(record.s));
        MeterRecord[] memory records = _list(record);

        vm.expectRevert(abi.encodeWithSelector(MeterKeys.MeterHighS.selector, record.s));
        meters.read(_query(), key, records);
    }

    function test_Read_Secp256k1OfAnother() external {
        MeterKey memory key = _k1Key(1);
        _certify(key, pile);
        MeterRecord memory record = _record(key, 2, _plain(1));
        _refusesKey(key, record);

        record = _record(key, 1, _plain(1));
        uint56 hints = RecordHints.unwrap(record.hints);
        record.hints = RecordHints.wrap(hints ^ (7 << 48));
        _refusesKey(key, record);
        record.hints = RecordHints.wrap(hints & type(uint48).max);
        _refusesKey(key, record);
    }

    function testFuzz_Read_AlteredPayload(uint256 seed, uint8 flip) external {
        vm.assume(flip != 0);
        MeterRecord memory record = _record(_plain(1));
        uint256 i = seed % record.payload.length;
        record.payload[i] = bytes1(uint8(record.payload[i]) ^ flip);
        _refuses(_list(record), _badSignature(record));
    }

    function testFuzz_Read_AlteredSignature(uint256 bit) external {
        MeterRecord memory record = _record(_plain(1));
        bytes32 flip = bytes32(1 << (bit % 256));
        record.r ^= flip;
        _refuses(_list(record), _badSignature(record));

        record.r ^= flip;
        record.s ^= bytes32(1 << (bit % 255));
        if (uint256(record.s) > P256.N / 2) return;
        _refuses(_list(record), _badSignature(record));
    }

    function test_Read_ZeroSignature() external {
        MeterRecord memory record = _record(_plain(1));
        (record.r, record.s) = (0, 0);
        _refuses(_list(record), _badSignature(record));
    }
}
