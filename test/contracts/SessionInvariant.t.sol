// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChargingSession} from "../../contracts/interfaces/IChargingSession.sol";
import {
    Reading,
    Ruling,
    Session,
    SessionId,
    SessionState
} from "../../contracts/types/MarketTypes.sol";
import {MeterRecord, RecordHints} from "../../contracts/ocmf/OcmfTypes.sol";
import {BeginReading, MeterCertificate} from "../../contracts/types/MeterTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {DisputeWorld} from "../support/contracts/DisputeWorld.sol";
import {Campaign, Handler} from "../support/contracts/Handler.sol";
import {Signature} from "../support/contracts/MeterWorld.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title Sessions that settle on records, are disputed, ruled on, agreed on or left alone
/// @dev The handler keeps its own books and predicts every call.
contract SessionHandler is DisputeWorld, Handler {
    /// @dev What the handler knows of a session.
    struct Book {
        SessionId id;
        uint256 vehicle;
        SessionState state;
        uint40 deadline;
        uint40 pluggedInAt;
        /// @dev From when both are there to unplugging; 0 before.
        uint40 window;
        uint64 energyWh;
        uint128 amount;
        /// @dev How often it was paid.
        uint256 payments;
        /// @dev A record or both parties stand behind it.
        bool proved;
    }

    /// @dev Whose identification a record carries, and who confirmed.
    enum Word {
        Named,
        NamesAnotherConfirmed,
        NamesAnother,
        ConfirmedByThePile
    }

    uint64 private constant FIRST_PAGINATION = 100_000_000;
    string private constant NOBODY = "an identification of 36 characters..";

    Book[] private _books;
    /// @dev By vehicle: what was put in, what was paid, how many deposits are held, what was
    /// earned.
    uint256[2] private _funds;
    uint256[2] private _paid;
    uint256[2] private _held;
    int8[2] private _points;
    uint256 private _fundsOfPile;
    uint64 private _last = FIRST_PAGINATION;
    mapping(uint64 pagination => bool) private _consumed;
    /// @dev All payloads are of the same length, so that the keys stand where they stand in the
    /// first.
    RecordHints private _places;

    constructor() {
        setUp();
        MeterCertificate memory certificate = _meterCertificate(meter, pile);
        (certificate.issue, certificate.lastPagination) = (2, FIRST_PAGINATION);
        _certify(certificate);
        _funds = [uint256(FUNDS), FUNDS];
        _fundsOfPile = FUNDS;
        _places = _record(_payload(FIRST_PAGINATION, NOBODY, _taking(0))).hints;
    }

    function actions() public pure override returns (bytes4[] memory list) {
        list = new bytes4[](11);
        list[0] = this.charge.selector;
        list[1] = this.settle.selector;
        list[2] = this.settle.selector;
        list[3] = this.dispute.selector;
        list[4] = this.rule.selector;
        list[5] = this.rule.selector;
        list[6] = this.agree.selector;
        list[7] = this.finalise.selector;
        list[8] = this.expire.selector;
        list[9] = this.unplug.selector;
        list[10] = this.waive.selector;
    }

    function milestones() public pure override returns (bytes4[] memory list) {
        list = new bytes4[](8);
        list[0] = IChargingSession.settle.selector;
        list[1] = IChargingSession.settleAgreed.selector;
        list[2] = IChargingSession.dispute.selector;
        list[3] = IChargingSession.rule.selector;
        list[4] = IChargingSession.finalise.selector;
        list[5] = IChargingSession.expire.selector;
        list[6] = IChargingSession.unplug.selector;
        list[7] = IChargingSession.waive.selector;
    }

    /* ACTIONS */

    /// @dev A new session, up to an hour after plugging in.
    function charge(uint256 seed) external {
        uint256 who = _pick(seed, "vehicle", 2);
        _fund(_vehicleAt(who).account, DEPOSIT);
        _fund(pile.account, BOND);
        (_funds[who], _fundsOfPile) = (_funds[who] + DEPOSIT, _fundsOfPile + BOND);
        Deal memory deal = _chargedBetween(_vehicleAt(who), pile, PRICE);

        Book storage book = _books.push();
        book.id = deal.sessionId;
        book.vehicle = who;
        book.state = SessionState.Charging;
        book.deadline = deal.terms.slotEnd + SETTLE_WINDOW;
        book.pluggedInAt = sessions.sessionOf(deal.sessionId).pluggedInAt;
        ++_held[who];
    }

    /// @dev Paginations around the last, under any name, confirmed by anybody.
    function settle(uint256 seed) external {
        bool hasLeft = _pick(seed, "has left", 2) == 0;
        Book storage book = _bookIn(seed, hasLeft ? SessionState.Unplugged : SessionState.Charging);
        // Half of the tries leave nothing to object to.
        bool honest = _pick(seed, "honest", 2) == 0;
        uint64 pagination = honest ? _last + 1 : _last - 1 + uint64(_pick(seed, "pagination", 5));
        uint64 taken = uint64(_pick(seed, "taken", 12_000_000));
        Word word = Word(_pick(seed, "word", honest ? 2 : 4));
        bool intrudes = !honest && _pick(seed, "caller", 4) == 0;
        address caller = intrudes ? stranger.account : pile.account;
        bytes memory call = abi.encodeCall(
            IChargingSession.settle,
            (
                book.id,
                meter,
                _list(_quick(book.id, word, pagination, taken)),
                _wordOf(book, word, pagination)
            )
        );
        bool possible =
            _isServed(book) &&
                block.timestamp < book.deadline &&
                !intrudes &&
                pagination > _last &&
                _carries(book, taken) &&
                uint8(word) <= uint8(Word.NamesAnotherConfirmed);
        if (!_attempt(caller, address(sessions), call, possible)) return;

        vm.assertTrue(!_consumed[pagination], "METER-2: once");
        _consumed[pagination] = true;
        _last = pagination;
        book.proved = true;
        book.energyWh = taken / 1000;
        book.amount = _amount(taken / 1000);
        book.state = SessionState.Metered;
        book.deadline = uint40(block.timestamp) + DISPUTE_WINDOW;
    }

    function dispute(uint256 seed) external {
        Book storage book = _bookIn(seed, SessionState.Metered);
        bool stranged = _pick(seed, "caller", 8) == 0;
        address caller = stranged ? pile.account : _vehicleAt(book.vehicle).account;
        bool possible =
            book.state == SessionState.Metered && block.timestamp < book.deadline && !stranged;
        bytes memory call = abi.encodeCall(IChargingSession.dispute, (book.id));
        if (!_attempt(caller, address(sessions), call, possible)) return;

        book.state = SessionState.Disputed;
        book.deadline = uint40(block.timestamp) + ARBITRATION_WINDOW;
    }

    /// @dev Up to a unit too much, now and then by somebody else.
    function rule(uint256 seed) external {
        Book storage book = _bookIn(seed, SessionState.Disputed);
        Ruling memory ruling = Ruling(book.id, uint128(_pick(seed, "amount", book.amount + 2)));
        bool usurped = _pick(seed, "judge", 8) == 0;
        bytes memory signature = _ruled(ruling, usurped ? stranger : judge);
        bool possible =
            book.state == SessionState.Disputed &&
                block.timestamp < book.deadline &&
                ruling.amount <= book.amount &&
                !usurped;
        bytes memory call = abi.encodeCall(IChargingSession.rule, (ruling, signature));
        if (!_attempt(stranger.account, address(sessions), call, possible)) return;

        vm.assertLe(ruling.amount, book.amount, "SE-6");
        bool inVain = ruling.amount == book.amount;
        book.amount = ruling.amount;
        _close(book, !inVain && _pays(book));
    }

    function agree(uint256 seed) external {
        Book storage book = _bookAt(seed);
        // One try of three, so that something is left to dispute.
        if (_pick(seed, "rarely", 3) != 0) return;
        uint64 energyWh = uint64(_pick(seed, "energy", 60_000));
        Reading memory reading = _reading(book.id, energyWh);
        bool usurped = _pick(seed, "signer", 8) == 0;
        bytes memory call = abi.encodeCall(
            IChargingSession.settleAgreed,
            (
                reading,
                _signed(reading, usurped ? stranger : _vehicleAt(book.vehicle)),
                _signed(reading, pile)
            )
        );
        bool possible = _isOpen(book) && block.timestamp < book.deadline && !usurped;
        if (!_attempt(stranger.account, address(sessions), call, possible)) return;

        book.proved = true;
        (book.energyWh, book.amount) = (energyWh, _amount(energyWh));
        _close(book, false);
    }

    function unplug(uint256 seed) external {
        Book storage book = _bookIn(seed, SessionState.Charging);
        bool stranged = _pick(seed, "caller", 8) == 0;
        address caller = stranged ? pile.account : _vehicleAt(book.vehicle).account;
        bool possible =
            book.state == SessionState.Charging && block.timestamp < book.deadline && !stranged;
        bytes memory call = abi.encodeCall(IChargingSession.unplug, (book.id));
        if (!_attempt(caller, address(sessions), call, possible)) return;

        book.state = SessionState.Unplugged;
        book.deadline = uint40(block.timestamp) + SETTLE_WINDOW;
        book.window = uint40(block.timestamp) - book.pluggedInAt;
    }

    function waive(uint256 seed) external {
        Book storage book = _bookIn(seed, SessionState.Unplugged);
        // One try of four, so that something is left to settle.
        if (_pick(seed, "rarely", 4) != 0) return;
        bool stranged = _pick(seed, "caller", 4) == 0;
        address caller = stranged ? _vehicleAt(book.vehicle).account : pile.account;
        bool possible = _isServed(book) && !stranged;
        bytes memory call = abi.encodeCall(IChargingSession.waive, (book.id));
        if (!_attempt(caller, address(sessions), call, possible)) return;

        book.state = SessionState.Expired;
        --_held[book.vehicle];
    }

    function finalise(uint256 seed) external {
        Book storage book = _bookAt(seed);
        bool waits = book.state == SessionState.Metered || book.state == SessionState.Disputed;
        bool possible = waits && block.timestamp >= book.deadline;
        bytes memory call = abi.encodeCall(IChargingSession.finalise, (book.id));
        if (!_attempt(stranger.account, address(sessions), call, possible)) return;

        _close(book, book.state == SessionState.Metered && _pays(book));
    }

    function expire(uint256 seed) external {
        Book storage book = _bookAt(seed);
        bool possible = _isServed(book) && block.timestamp >= book.deadline;
        bytes memory call = abi.encodeCall(IChargingSession.expire, (book.id));
        if (!_attempt(stranger.account, address(sessions), call, possible)) return;

        book.state = SessionState.Expired;
        --_held[book.vehicle];
    }

    /* BOOKS */

    function assertBooks() external view {
        uint256 ended = 0;
        for (uint256 i = 0; i < _books.length; ++i) {
            Book memory book = _books[i];
            Session memory known = sessions.sessionOf(book.id);
            vm.assertEq(uint8(known.state), uint8(book.state), "SE-1: state");
            vm.assertEq(known.deadline, book.deadline, "SE-5: deadline");
            vm.assertEq(known.energyWh, book.energyWh, "energy");
            vm.assertEq(known.amountDown, book.amount, "SE-3: amount");
            vm.assertLe(known.amountDown, known.deposit, "SE-3: at most the deposit");
            bool settled = known.state == SessionState.Settled;
            vm.assertTrue(!settled || book.proved, "SE-4: proved");
            vm.assertEq(book.payments, settled ? 1 : 0, "SE-1: paid once");
            if (settled || known.state == SessionState.Expired) ++ended;
        }
        vm.assertEq(_lastPagination(), _last, "METER-1: pagination");
        _assertMoney(_books.length - ended);
    }

    /// @dev What a vehicle has not paid is its own: paid + refunded = deposit, for all that ended.
    function _assertMoney(uint256 running) private view {
        for (uint256 i = 0; i < 2; ++i) {
            uint256 held = _held[i] * DEPOSIT;
            uint256 free = _funds[i] - _paid[i] - held;
            _assertBalance(_vehicleAt(i).account, free, held, "SE-2: vehicle");
            int8 earned = reputation.credibilityOf(_vehicleAt(i).account);
            vm.assertEq(int256(earned), int256(_points[i]), "credibility");
        }
        uint256 bonds = running * BOND;
        uint256 ofPile = _fundsOfPile + _paid[0] + _paid[1] - bonds;
        _assertBalance(pile.account, ofPile, bonds, "SE-2: pile");
        uint256 all = _funds[0] + _funds[1] + _fundsOfPile + FUNDS;
        vm.assertEq(token.balanceOf(address(escrow)), all, "ES-1: all of it");
    }

    function _pays(Book memory book) private pure returns (bool) {
        return book.energyWh >= MIN_ENERGY_WH && book.amount >= MIN_AMOUNT;
    }

    function _close(Book storage book, bool earned) private {
        uint256 who = book.vehicle;
        book.state = SessionState.Settled;
        ++book.payments;
        --_held[who];
        _paid[who] += book.amount;
        if (earned && _points[who] < MAX_CREDIBILITY) ++_points[who];
    }

    function _vehicleAt(uint256 i) private view returns (Actor memory) {
        return i == 0 ? vehicle : otherVehicle;
    }

    function _isServed(Book memory book) private pure returns (bool) {
        return book.state == SessionState.Charging || book.state == SessionState.Unplugged;
    }

    /// @dev METER-7, with a clock that is not synchronised: until it left, or now.
    function _carries(Book memory book, uint64 milliWh) private view returns (bool) {
        uint256 window =
            book.state == SessionState.Unplugged ? book.window : block.timestamp - book.pluggedInAt;
        return milliWh <= (uint256(RATED_W) * (window + 1) * 1000) / 3600 + 1000;
    }

    function _isOpen(Book memory book) private pure returns (bool) {
        return
            _isServed(book) ||
            book.state == SessionState.Metered ||
            book.state == SessionState.Disputed;
    }

    /// @dev Any session, soon after the last call or much later; the first call makes one.
    function _bookAt(uint256 seed) private returns (Book storage) {
        if (_books.length == 0) this.charge(seed);
        uint256 atMost = _pick(seed, "much later", 20) == 0 ? 4 days : 1 hours;
        vm.warp(block.timestamp + _pick(seed, "now", atMost));
        // Mostly of the last few: the others are over.
        uint256 recent = _books.length < 4 ? _books.length : 4;
        return _books[_books.length - 1 - _pick(seed, "session", recent)];
    }

    /// @dev Mostly a session in the state that the call needs, if one of the last is.
    function _bookIn(uint256 seed, SessionState wanted) private returns (Book storage any) {
        any = _bookAt(seed);
        if (_pick(seed, "any", 4) == 0) return any;
        uint256 count = _books.length;
        for (uint256 i = 1; i <= 8 && i <= count; ++i) {
            if (_books[count - i].state == wanted) return _books[count - i];
        }
    }

    function _amount(uint64 energyWh) private pure returns (uint128) {
        uint256 due = (uint256(energyWh) * PRICE) / 1000;
        return due > DEPOSIT ? DEPOSIT : uint128(due);
    }

    /* RECORDS */

    function _wordOf(
        Book memory book,
        Word word,
        uint64 pagination
    ) private view returns (bytes memory) {
        BeginReading memory begin = BeginReading(book.id, meterId, pagination, 0);
        if (word == Word.NamesAnotherConfirmed) return _confirmed(begin, _vehicleAt(book.vehicle));
        return word == Word.ConfirmedByThePile ? _confirmed(begin, pile) : bytes("");
    }

    function _quick(
        SessionId sessionId,
        Word word,
        uint64 pagination,
        uint64 taken
    ) private view returns (MeterRecord memory) {
        string memory identification = word == Word.Named ? _name(sessionId) : NOBODY;
        bytes memory payload = bytes(_payload(pagination, identification, _taking(taken)));
        Signature memory signature = _sign(meter, METER_SECRET, payload);
        return MeterRecord(payload, signature.r, signature.s, _places);
    }

    /// @dev From 0, in 1/1000 Wh.
    function _taking(uint64 milliWh) private pure returns (string memory) {
        bytes memory text = "000.000000";
        for (uint256 i = 10; i > 0; --i) {
            if (i == 4) continue;
            text[i - 1] = bytes1(uint8(0x30 + (milliWh % 10)));
            milliWh /= 10;
        }
        return _both("0", string(text));
    }
}

/// @title Sessions on records, in any order of calls
contract SessionInvariantTest is Campaign {
    SessionHandler private handler;

    function setUp() external {
        handler = new SessionHandler();
        _target(handler);
    }

    function invariant_SE1_SE2_SE3_SE4_SE5_SE6_METER1_PaidOnceAndProved() external view {
        handler.assertBooks();
    }

    function test_Campaign_DoesEverything() external {
        _walk(handler, 0x5eed, 300);
        _assertAllDone(handler);
        handler.assertBooks();
    }
}
