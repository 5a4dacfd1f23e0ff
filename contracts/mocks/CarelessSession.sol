// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title A session that is careless about who begins it, when, and with whom
/// @notice Either party begins, and whoever is suspended as well; windows count from whatever was
/// done last, also after the slot; what two parties say earns a point; only what was settled can be
/// rated. The attacks of the tests succeed here: one that has stopped working cannot pass for one
/// that is refused.
contract CarelessSession {
    enum State {
        None,
        Opened,
        Authorised,
        Charging,
        Settled,
        Expired
    }

    struct Trade {
        address vehicle;
        address pile;
        State state;
        uint256 deadline;
        uint256 slotEnd;
    }

    uint256 public constant WINDOW = 1 hours;
    uint256 public constant SETTLE_WINDOW = 24 hours;
    int256 public constant STAKE = 5e6;

    /// @notice Gains and losses.
    mapping(address account => int256) public balanceOf;
    mapping(address vehicle => int256) public credibilityOf;
    mapping(address pile => uint256) public worstOf;
    mapping(uint256 id => Trade) public tradeOf;

    error CarelessNo();

    function start(uint256 id, address vehicle, address pile, uint256 slotEnd) external {
        bool isParty = msg.sender == vehicle || msg.sender == pile;
        if (!isParty || tradeOf[id].state != State.None) revert CarelessNo();
        tradeOf[id] = Trade(vehicle, pile, State.Opened, block.timestamp + WINDOW, slotEnd);
    }

    function authorise(uint256 id) external {
        Trade storage trade = _inTime(id, State.Opened);
        if (msg.sender != trade.pile) revert CarelessNo();
        trade.state = State.Authorised;
        trade.deadline = _later(trade.slotEnd) + WINDOW;
    }

    function plugIn(uint256 id) external {
        Trade storage trade = _inTime(id, State.Authorised);
        if (msg.sender != trade.vehicle) revert CarelessNo();
        trade.state = State.Charging;
        trade.deadline = _later(trade.slotEnd) + SETTLE_WINDOW;
    }

    /// @notice Both are believed.
    function agree(uint256 id, uint64 energyWh) external {
        Trade storage trade = _inTime(id, State.Charging);
        trade.state = State.Settled;
        if (energyWh != 0) ++credibilityOf[trade.vehicle];
    }

    function expire(uint256 id) external {
        Trade storage trade = tradeOf[id];
        State from = trade.state;
        if (from > State.Charging || block.timestamp < trade.deadline) revert CarelessNo();
        trade.state = State.Expired;
        if (from == State.Charging) return;
        int256 toVehicle = from == State.Opened ? STAKE : -STAKE;
        balanceOf[trade.vehicle] += toVehicle;
        balanceOf[trade.pile] -= toVehicle;
        if (from == State.Authorised) --credibilityOf[trade.vehicle];
    }

    function rateWorst(uint256 id) external {
        if (tradeOf[id].state != State.Settled) revert CarelessNo();
        ++worstOf[tradeOf[id].pile];
    }

    function _inTime(uint256 id, State state) private view returns (Trade storage trade) {
        trade = tradeOf[id];
        if (trade.state != state || block.timestamp >= trade.deadline) revert CarelessNo();
    }

    function _later(uint256 time) private view returns (uint256) {
        return block.timestamp > time ? block.timestamp : time;
    }
}
