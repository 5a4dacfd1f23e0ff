// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMeterRegistry} from "../../contracts/interfaces/IMeterRegistry.sol";
import {MeterKey, MeterKeyId, MeterRecord, RecordHints} from "../../contracts/ocmf/OcmfTypes.sol";
import {Meter, MeterCertificate, MeterQuery} from "../../contracts/types/MeterTypes.sol";
import {Campaign, Handler} from "../support/contracts/Handler.sol";
import {MeterWorld, Signature} from "../support/contracts/MeterWorld.sol";

/// @title Meters that come, move, expire and go, and records handed in by whoever likes
/// @dev The handler is the session contract. It keeps its own books and predicts every call.
contract MeterHandler is MeterWorld, Handler {
    /// @dev What the handler knows of a key.
    struct Book {
        MeterKey key;
        uint256 secret;
        MeterKeyId id;
        address holder;
        uint40 validFrom;
        uint40 validUntil;
        uint32 issue;
        bool revoked;
        uint64 last;
    }

    Book[] private _books;
    mapping(uint256 book => mapping(uint64 pagination => bool)) private _consumed;
    /// @dev Where the keys stand in the payload with pagination 1 that names nobody: searching
    /// costs more than the rest.
    uint256 private immutable _paginationAt;
    uint256 private immutable _identificationAt;
    uint256 private immutable _readingsAt;

    constructor() {
        setUp();
        string memory payload = _payload(1, "", "");
        _paginationAt = _find(payload, '"PG"', 0);
        _identificationAt = _find(payload, '"ID"', 0);
        _readingsAt = _find(payload, '"RD"', 0);
        _add(meter, METER_SECRET);
        _books[0].holder = pile.account;
        _books[0].validFrom = uint40(block.timestamp);
        _books[0].validUntil = uint40(block.timestamp) + YEAR;
        _books[0].issue = 1;
        _add(_k1Key(1), 1);
    }

    function actions() public pure override returns (bytes4[] memory list) {
        list = new bytes4[](5);
        list[0] = this.certify.selector;
        list[1] = this.consumeOne.selector;
        list[2] = this.consumeTwo.selector;
        list[3] = this.revoke.selector;
        list[4] = this.intrude.selector;
    }

    function milestones() public pure override returns (bytes4[] memory list) {
        list = new bytes4[](3);
        list[0] = IMeterRegistry.certify.selector;
        list[1] = IMeterRegistry.consume.selector;
        list[2] = IMeterRegistry.revoke.selector;
    }

    /// @dev Newer and older certificates, for either pile, valid at once or later.
    function certify(uint256 seed) external {
        vm.warp(block.timestamp + _pick(seed, "now", 2 days));
        Book storage book = _book(seed);
        MeterCertificate memory certificate = _meterCertificate(
            book.key,
            _pick(seed, "pile", 2) == 0 ? pile : otherPile
        );
        certificate.issue = book.issue + uint32(_pick(seed, "issue", 3));
        certificate.lastPagination = uint64(_pick(seed, "pagination", book.last + 5));
        certificate.validFrom += uint40(_pick(seed, "from", 2) * 1 days);
        certificate.validUntil = certificate.validFrom + 1 + uint40(_pick(seed, "until", 9 days));
        bool possible = certificate.issue > book.issue && !book.revoked;

        bytes memory call = abi.encodeCall(
            IMeterRegistry.certify,
            (certificate, _certified(certificate))
        );
        if (!_attempt(stranger.account, address(meters), call, possible)) return;
        book.holder = identities.accountOf(certificate.participantId);
        book.validFrom = certificate.validFrom;
        book.validUntil = certificate.validUntil;
        book.issue = certificate.issue;
        if (certificate.lastPagination > book.last) book.last = certificate.lastPagination;
    }

    function consumeOne(uint256 seed) external {
        uint256 i = _pick(seed, "key", _books.length);
        uint64 pagination = _pagination(seed, i);
        Book memory book = _books[i];
        MeterRecord[] memory records = _list(_quick(book, pagination, _both("1", "2")));

        _consume(seed, i, records, pagination, pagination);
    }

    function consumeTwo(uint256 seed) external {
        uint256 i = _pick(seed, "key", _books.length);
        uint64 begin = _pagination(seed, i);
        uint64 end = begin + uint64(_pick(seed, "gap", 8) == 0 ? _pick(seed, "size", 3) : 1);
        Book memory book = _books[i];
        MeterRecord[] memory records = _list(
            _quick(book, begin, _import("B", "1")),
            _quick(book, end, _import("E", "2"))
        );

        _consume(seed, i, records, begin, end);
    }

    /// @dev Now and then. A pile whose key is gone gets another.
    function revoke(uint256 seed) external {
        if (_pick(seed, "rarely", 6) != 0) return;
        Book storage book = _book(seed);
        bytes memory call = abi.encodeCall(IMeterRegistry.revoke, (book.id));
        if (!_attempt(authority.account, address(meters), call, !book.revoked)) return;
        book.revoked = true;

        uint256 secret = METER_SECRET + _books.length;
        _add(_r1Key(secret), secret);
    }

    /// @dev Others reach for what is the session contract's, the authority's or over.
    function intrude(uint256 seed) external {
        Book memory book = _book(seed);
        MeterQuery memory query = _query();
        query.pile = book.holder;
        MeterRecord[] memory records = _list(_quick(book, book.last + 1, _both("1", "2")));
        bytes[2] memory calls = [
            abi.encodeCall(IMeterRegistry.consume, (query, book.key, records)),
            abi.encodeCall(IMeterRegistry.revoke, (book.id))
        ];
        _attempt(stranger.account, address(meters), calls[_pick(seed, "call", 2)], false);
    }

    function assertBooks() external view {
        for (uint256 i = 0; i < _books.length; ++i) {
            Book memory book = _books[i];
            (address holder, Meter memory known) = meters.meterOf(book.id);
            vm.assertEq(known.lastPagination, book.last, "METER-1: pagination");
            vm.assertEq(holder, book.holder, "METER-3: one pile");
            vm.assertEq(known.issue, book.issue, "METER-3: newest certificate");
            vm.assertTrue(known.revoked == book.revoked, "METER-4: revoked");
        }
    }

    function _consume(
        uint256 seed,
        uint256 i,
        MeterRecord[] memory records,
        uint64 begin,
        uint64 end
    ) private {
        Book storage book = _books[i];
        MeterQuery memory query = _query();
        if (_pick(seed, "other pile", 6) == 0) query.pile = otherPile.account;
        bool inForce =
            !book.revoked &&
                block.timestamp >= book.validFrom &&
                block.timestamp < book.validUntil &&
                book.holder == query.pile;
        bool complete = records.length == 1 || end == begin + 1;

        bytes memory call = abi.encodeCall(IMeterRegistry.consume, (query, book.key, records));
        bool possible = inForce && complete && begin > book.last;
        if (!_attempt(address(this), address(meters), call, possible)) return;
        for (uint64 pagination = begin; pagination <= end; ++pagination) {
            vm.assertTrue(!_consumed[i][pagination], "METER-2: once");
            _consumed[i][pagination] = true;
        }
        book.last = end;
    }

    function _quick(
        Book memory book,
        uint64 pagination,
        string memory readings
    ) private view returns (MeterRecord memory) {
        bytes memory payload = bytes(_payload(pagination, "", readings));
        Signature memory signature = _sign(book.key, book.secret, payload);
        uint256 more = 0;
        for (uint64 rest = pagination; rest >= 10; rest /= 10) ++more;
        RecordHints hints = _hints(
            signature.v,
            _paginationAt,
            _identificationAt + more,
            _readingsAt + more
        );
        return MeterRecord(payload, signature.r, signature.s, hints);
    }

    /// @dev Around the last that was consumed.
    function _pagination(uint256 seed, uint256 i) private view returns (uint64) {
        uint64 last = _books[i].last;
        uint64 drawn = last + uint64(_pick(seed, "pagination", 6));
        return drawn < 2 ? drawn : drawn - 2;
    }

    function _book(uint256 seed) private view returns (Book storage) {
        return _books[_pick(seed, "key", _books.length)];
    }

    function _add(MeterKey memory key, uint256 secret) private {
        Book storage book = _books.push();
        book.key = key;
        book.secret = secret;
        book.id = meters.keyIdOf(key);
    }
}

/// @title Meters under any certificates and any records
contract MeterInvariantTest is Campaign {
    MeterHandler private handler;

    function setUp() external {
        handler = new MeterHandler();
        _target(handler);
    }

    function invariant_METER1_METER2_METER3_METER4_RecordsCountOnce() external view {
        handler.assertBooks();
    }

    function test_Campaign_DoesEverything() external {
        _walk(handler, 0x5eed, 200);
        _assertAllDone(handler);
        handler.assertBooks();
    }
}
