// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {MeterRegistry} from "../../../contracts/MeterRegistry.sol";
import {IMeterRegistry} from "../../../contracts/interfaces/IMeterRegistry.sol";
import {SessionId} from "../../../contracts/types/MarketTypes.sol";
import {
    EnergyDirection,
    MeterCurve,
    MeterKey,
    MeterKeyId,
    MeterRecord,
    RecordHints
} from "../../../contracts/ocmf/OcmfTypes.sol";
import {MeterCertificate, MeteredEnergy, MeterQuery} from "../../../contracts/types/MeterTypes.sol";
import {DealWorld} from "./DealWorld.sol";
import {Digests} from "./Digests.sol";
import {Actor} from "./Base.sol";

/// @dev The cheat codes of secp256r1.
interface VmP256 {
    function signP256(uint256 key, bytes32 digest) external pure returns (bytes32 r, bytes32 s);
    function publicKeyP256(uint256 key) external pure returns (uint256 x, uint256 y);
}

/// @dev Two halves of s. One of them is low.
struct Signature {
    bytes32 r;
    bytes32 s;
    uint8 v;
}

/// @title A registry with a certified meter of each curve, and the records that they sign
/// @dev The test contract itself is the session contract. `meter` is certified for `pile`.
abstract contract MeterWorld is DealWorld {
    using Strings for uint256;
    uint256 internal constant METER_SECRET = 0x3E7E2;
    uint256 internal constant OTHER_SECRET = 0x3E7E3;
    uint32 internal constant RATED_W = 22_000;
    uint40 internal constant WINDOW = 1 hours;
    /// @dev 2030-03-17T17:46:40Z, when the records' clock says that they begin.
    uint40 internal constant PLUGGED_IN_AT = START;
    SessionId internal constant SESSION = SessionId.wrap(keccak256("a session"));
    /// @dev The generator of secp256k1, the public key of 1, and its double, the public key of 2.
    bytes32 internal constant K1_X =
        0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798;
    bytes32 internal constant K1_Y =
        0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8;
    bytes32 internal constant K1_2X =
        0xc6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5;
    bytes32 internal constant K1_2Y =
        0x1ae168fea63dc339a3c58419466ceaeef7f632653266d0e1236431a950cfe52a;
    uint256 internal constant K1_N =
        0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    VmP256 internal constant vmP256 = VmP256(address(vm));
    MeterKey internal meter;
    MeterKeyId internal meterId;

    function setUp() public virtual override {
        super.setUp();
        meters = _registry();
        meter = _r1Key(METER_SECRET);
        meterId = meters.keyIdOf(meter);
        _certify(meter, pile);
    }

    /// @dev Another than that of the sessions: the tests consume records themselves.
    function _registry() internal virtual returns (MeterRegistry) {
        return _newMeters(identities, address(this));
    }

    /* KEYS */

    function _r1Key(uint256 secret) internal pure returns (MeterKey memory) {
        (uint256 x, uint256 y) = vmP256.publicKeyP256(secret);
        return MeterKey(MeterCurve.Secp256r1, bytes32(x), bytes32(y));
    }

    function _k1Key(uint256 secret) internal pure returns (MeterKey memory) {
        return
            secret == 1
                ? MeterKey(MeterCurve.Secp256k1, K1_X, K1_Y)
                : MeterKey(MeterCurve.Secp256k1, K1_2X, K1_2Y);
    }

    function _meterCertificate(
        MeterKey memory key,
        Actor memory holder
    ) internal view returns (MeterCertificate memory) {
        return
            MeterCertificate({
                participantId: holder.id,
                curve: key.curve,
                x: key.x,
                y: key.y,
                ratedPowerW: RATED_W,
                lastPagination: 0,
                validFrom: uint40(block.timestamp),
                validUntil: uint40(block.timestamp) + YEAR,
                relayBy: uint40(block.timestamp) + 1 days,
                issue: 1
            });
    }

    function _certify(MeterKey memory key, Actor memory holder) internal {
        _certify(_meterCertificate(key, holder));
    }

    function _certify(MeterCertificate memory certificate) internal {
        meters.certify(certificate, _certified(certificate));
    }

    function _certified(MeterCertificate memory certificate) internal view returns (bytes memory) {
        return
            _signature(authority.key, Digests.meterCertificateDigest(address(meters), certificate));
    }

    function _revoke(MeterKeyId keyId) internal {
        vm.prank(authority.account);
        meters.revoke(keyId);
    }

    /* RECORDS */

    /// @dev `,"ID":…` and `,"RD":…` behind what a meter says about itself.
    function _payload(
        uint256 pagination,
        string memory identification,
        string memory readings
    ) internal pure returns (string memory) {
        return
            string.concat(
                '{"FV":"1.0","GI":"Test meter","GS":"17619300","GV":"2.8.5","PG":"T',
                pagination.toString(),
                '","IS":true,"IL":"TRUSTED","IF":["RFID_NONE","OCPP_RS","ISO15118_NONE","PLMN_NONE"],"IT":"CENTRAL","ID":"',
                identification,
                '","RD":[',
                readings,
                "]}"
            );
    }

    function _reading(
        string memory mark,
        string memory value,
        string memory code,
        string memory unit
    ) internal pure returns (string memory) {
        return
            string.concat(
                '{"TM":"2030-03-17T18:46:40,000+0100 U","TX":"',
                mark,
                '","EF":"","ST":"G","RV":',
                value,
                ',"RI":"',
                code,
                '","RU":"',
                unit,
                '"}'
            );
    }

    function _import(
        string memory mark,
        string memory value
    ) internal pure returns (string memory) {
        return _reading(mark, value, "1-b:1.8.0", "kWh");
    }

    /// @dev Begin and end in kWh.
    function _both(string memory begin, string memory end) internal pure returns (string memory) {
        return string.concat(_import("B", begin), ",", _import("E", end));
    }

    /// @dev 12.3456 kWh in one record that names `SESSION`.
    function _plain(uint256 pagination) internal pure returns (string memory) {
        return _payload(pagination, _name(SESSION), _both("2935.6000", "2947.9456"));
    }

    /// @dev The first 36 characters in base32, five bits at a time.
    function _name(SessionId sessionId) internal pure returns (string memory) {
        bytes memory alphabet = "abcdefghijklmnopqrstuvwxyz234567";
        bytes memory text = new bytes(36);
        for (uint256 i = 0; i < 36; ++i) {
            text[i] = alphabet[(uint256(SessionId.unwrap(sessionId)) >> (251 - 5 * i)) & 31];
        }
        return string(text);
    }

    /// @dev 1/1000 Wh as kWh with six decimals.
    function _inKwh(uint256 milliWh) internal pure returns (string memory) {
        bytes memory digits = new bytes(6);
        uint256 rest = milliWh % 1e6;
        for (uint256 i = 6; i > 0; --i) {
            digits[i - 1] = bytes1(uint8(0x30 + (rest % 10)));
            rest /= 10;
        }
        return string.concat(_decimal(milliWh / 1e6), ".", string(digits));
    }

    function _decimal(uint256 number) internal pure returns (string memory text) {
        do {
            text = string.concat(string(bytes.concat(bytes1(uint8(0x30 + (number % 10))))), text);
            number /= 10;
        } while (number != 0);
    }

    /* SIGNATURES */

    function _sign(
        MeterKey memory key,
        uint256 secret,
        bytes memory payload
    ) internal pure returns (Signature memory signature) {
        bytes32 digest = sha256(payload);
        if (key.curve == MeterCurve.Secp256k1) {
            (signature.v, signature.r, signature.s) = vm.sign(secret, digest);
            return signature;
        }
        (signature.r, signature.s) = vmP256.signP256(secret, digest);
        if (uint256(signature.s) > P256.N / 2) {
            signature.s = bytes32(P256.N - uint256(signature.s));
        }
    }

    /// @dev A record of `meter` with the offsets of the first keys of their names.
    function _record(string memory payload) internal view returns (MeterRecord memory) {
        return _record(meter, METER_SECRET, payload);
    }

    function _record(
        MeterKey memory key,
        uint256 secret,
        string memory payload
    ) internal pure returns (MeterRecord memory) {
        Signature memory signature = _sign(key, secret, bytes(payload));
        return
            MeterRecord(
                bytes(payload),
                signature.r,
                signature.s,
                _hints(
                    signature.v,
                    _find(payload, '"PG"', 0),
                    _find(payload, '"ID"', 0),
                    _find(payload, '"RD"', 0)
                )
            );
    }

    function _hints(
        uint8 v,
        uint256 paginationAt,
        uint256 identificationAt,
        uint256 readingsAt
    ) internal pure returns (RecordHints) {
        return
            RecordHints.wrap(
                uint56(
                    (uint256(v) << 48) |
                        (paginationAt << 32) |
                        (identificationAt << 16) |
                        readingsAt
                )
            );
    }

    /// @dev Where a text stands the (k + 1)th time; 0 if it does not.
    function _find(
        string memory text,
        string memory part,
        uint256 k
    ) internal pure returns (uint256) {
        (bytes memory t, bytes memory p) = (bytes(text), bytes(part));
        for (uint256 i = 0; i + p.length <= t.length; ++i) {
            uint256 j = 0;
            while (j < p.length && t[i + j] == p[j]) ++j;
            if (j < p.length) continue;
            if (k == 0) return i;
            --k;
        }
        return 0;
    }

    /* QUESTIONS */

    function _query() internal view returns (MeterQuery memory) {
        return
            MeterQuery({
                sessionId: SESSION,
                pile: pile.account,
                direction: EnergyDirection.Import,
                pluggedInAt: PLUGGED_IN_AT,
                endedAt: PLUGGED_IN_AT + WINDOW
            });
    }

    function _list(MeterRecord memory record) internal pure returns (MeterRecord[] memory records) {
        records = new MeterRecord[](1);
        records[0] = record;
    }

    function _list(
        MeterRecord memory begin,
        MeterRecord memory end
    ) internal pure returns (MeterRecord[] memory records) {
        records = new MeterRecord[](2);
        (records[0], records[1]) = (begin, end);
    }

    function _read(string memory payload) internal view returns (MeteredEnergy memory) {
        return meters.read(_query(), meter, _list(_record(payload)));
    }

    function _readPair(
        string memory begin,
        string memory end
    ) internal view returns (MeteredEnergy memory) {
        return meters.read(_query(), meter, _list(_record(begin), _record(end)));
    }

    function _refuses(MeterRecord[] memory records, bytes memory reason) internal {
        vm.expectRevert(reason);
        meters.read(_query(), meter, records);
    }

    function _refuses(string memory payload, bytes memory reason) internal {
        _refuses(_list(_record(payload)), reason);
    }

    function _refusesReadings(string memory readings, bytes memory reason) internal {
        _refuses(_payload(1, _name(SESSION), readings), reason);
    }

    function _spent(uint64 pagination, uint64 last) internal view returns (bytes memory) {
        bytes4 selector = IMeterRegistry.MeterPaginationSpent.selector;
        return abi.encodeWithSelector(selector, meterId, pagination, last);
    }
}
