// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ChargingSession} from "../../../contracts/ChargingSession.sol";
import {Coupons} from "../../../contracts/Coupons.sol";
import {Escrow} from "../../../contracts/Escrow.sol";
import {IdentityRegistry} from "../../../contracts/IdentityRegistry.sol";
import {MarketGate} from "../../../contracts/MarketGate.sol";
import {OpenAuction} from "../../../contracts/OpenAuction.sol";
import {MeterRegistry} from "../../../contracts/MeterRegistry.sol";
import {PricingAuction} from "../../../contracts/PricingAuction.sol";
import {Reputation} from "../../../contracts/Reputation.sol";
import {IChargingSession} from "../../../contracts/interfaces/IChargingSession.sol";
import {IIdentityRegistry} from "../../../contracts/interfaces/IIdentityRegistry.sol";
import {IReputation} from "../../../contracts/interfaces/IReputation.sol";
import {IStakes} from "../../../contracts/interfaces/IStakes.sol";
import {DemoToken} from "../../../contracts/mocks/DemoToken.sol";
import {
    EarningRule,
    ReputationParameters,
    SessionWindows
} from "../../../contracts/types/MarketTypes.sol";
import {Actor, Base} from "./Base.sol";

/// @dev A market without its sessions.
struct Surroundings {
    Reputation reputation;
    MeterRegistry meters;
    PricingAuction auctions;
    OpenAuction openAuctions;
    Coupons coupons;
    /// @dev The escrow, or a gate to it.
    IStakes stakes;
}

/// @title A market as it is deployed
abstract contract Deployment is Base {
    uint40 internal constant START = 1_900_000_000;
    uint256 internal constant NO_PLACE = type(uint256).max;
    int8 internal constant MIN_CREDIBILITY = -5;
    int8 internal constant THRESHOLD = -2;
    int8 internal constant MAX_CREDIBILITY = 20;
    uint8 internal constant PROBATION_FACTOR = 3;
    uint32 internal constant PROBATION_POWER_W = 3_700;
    uint64 internal constant MIN_WEIGHT_WAD = 0.1e18;
    uint40 internal constant AUTHORISE_WINDOW = 15 minutes;
    uint40 internal constant PLUG_IN_WINDOW = 30 minutes;
    uint40 internal constant SETTLE_WINDOW = 24 hours;
    uint40 internal constant ARBITRATION_WINDOW = 72 hours;
    uint64 internal constant MIN_ENERGY_WH = 1_000;
    uint128 internal constant MIN_AMOUNT = 0.1e6;
    DemoToken internal token;
    IdentityRegistry internal identities;
    Escrow internal escrow;
    Reputation internal reputation;
    PricingAuction internal auctions;
    OpenAuction internal openAuctions;
    MeterRegistry internal meters;
    ChargingSession internal sessions;
    Coupons internal coupons;
    Actor internal authority = _actor(0xA11);
    /// @dev Who decides on tracing.
    Actor internal court = _actor(0xC0127);

    function _deploy() internal {
        identities = _newIdentities(authority.account, court.account);
        address arbiter = _arbiter();
        Surroundings memory around = _newSurroundings();
        reputation = around.reputation;
        meters = around.meters;
        auctions = around.auctions;
        openAuctions = around.openAuctions;
        coupons = around.coupons;
        escrow = Escrow(address(around.stakes));
        sessions = _newSessions(around, _windows(), arbiter, _earningRule());
    }

    /// @dev All of a market but its sessions, which whoever calls this creates next: the contracts
    /// that come before escrow and sessions are told where those are going to be.
    function _newSurroundings() internal returns (Surroundings memory) {
        return _newSurroundings(NO_PLACE);
    }

    /// @param unknown place among the escrow's markets of one that it does not know; `NO_PLACE` for
    /// an escrow that knows all of them
    function _newSurroundings(uint256 unknown) internal returns (Surroundings memory around) {
        uint64 nonce = vm.getNonce(address(this));
        IStakes escrowAt = IStakes(vm.computeCreateAddress(address(this), nonce + 5));
        address sessionsAt = vm.computeCreateAddress(address(this), nonce + 6);
        around = _beforeStakes(escrowAt, sessionsAt);
        address[4] memory markets = _marketsOf(around, sessionsAt);
        if (unknown != NO_PLACE) markets[unknown] = address(0xF001);
        around.stakes = Escrow(_created("Escrow", abi.encode(token, markets)));
    }

    /// @dev Five contracts, in this order.
    function _beforeStakes(
        IStakes stakes,
        address sessions_
    ) private returns (Surroundings memory around) {
        around.reputation = Reputation(
            _created("Reputation", abi.encode(_parameters(), sessions_))
        );
        around.meters = _newMeters(identities, sessions_);
        bytes memory known = abi.encode(identities, stakes, around.reputation, sessions_);
        around.auctions = PricingAuction(_created("PricingAuction", known));
        around.openAuctions = OpenAuction(_created("OpenAuction", known));
        around.coupons = _newCoupons(stakes, around.reputation);
    }

    function _marketsOf(
        Surroundings memory around,
        address sessions_
    ) private pure returns (address[4] memory) {
        return
            [
                address(around.auctions),
                address(around.openAuctions),
                sessions_,
                address(around.coupons)
            ];
    }

    /// @dev The same beside the market that stands, on its escrow: users approve the gate.
    function _newLater() internal returns (Surroundings memory around) {
        uint64 nonce = vm.getNonce(address(this));
        IStakes gateAt = IStakes(vm.computeCreateAddress(address(this), nonce + 5));
        address sessionsAt = vm.computeCreateAddress(address(this), nonce + 6);
        around = _beforeStakes(gateAt, sessionsAt);
        around.stakes = MarketGate(
            _created("MarketGate", abi.encode(escrow, _marketsOf(around, sessionsAt)))
        );
    }

    function _newSessions(
        Surroundings memory around,
        SessionWindows memory windows,
        address arbiter,
        EarningRule memory earning
    ) internal returns (ChargingSession) {
        bytes memory known = abi.encode(
            around.auctions,
            around.openAuctions,
            around.stakes,
            around.reputation,
            around.meters,
            windows,
            arbiter,
            earning
        );
        return ChargingSession(_created("ChargingSession", known));
    }

    function _newIdentities(
        address authority_,
        address court_
    ) internal returns (IdentityRegistry) {
        return IdentityRegistry(_created("IdentityRegistry", abi.encode(authority_, court_)));
    }

    function _newMeters(
        IIdentityRegistry identities_,
        address sessions_
    ) internal returns (MeterRegistry) {
        return MeterRegistry(_created("MeterRegistry", abi.encode(identities_, sessions_)));
    }

    function _newCoupons(IStakes stakes, IReputation reputation_) internal returns (Coupons) {
        return Coupons(_created("Coupons", abi.encode(stakes, reputation_)));
    }

    /// @dev The session contract of another market among the same people.
    function _newSessions(
        SessionWindows memory windows,
        address arbiter
    ) internal returns (ChargingSession) {
        return _newSessions(_newSurroundings(), windows, arbiter, _earningRule());
    }

    function _earningRule() internal pure returns (EarningRule memory) {
        return EarningRule({minEnergyWh: MIN_ENERGY_WH, minAmount: MIN_AMOUNT});
    }

    /// @dev Without disputes: what is settled is final.
    function _windows() internal pure virtual returns (SessionWindows memory) {
        return
            SessionWindows({
                authorise: AUTHORISE_WINDOW,
                plugIn: PLUG_IN_WINDOW,
                settle: SETTLE_WINDOW,
                dispute: 0,
                arbitration: ARBITRATION_WINDOW
            });
    }

    /// @dev Who rules, in worlds with disputes.
    function _arbiter() internal virtual returns (address) {
        return address(0);
    }

    function _parameters() internal pure returns (ReputationParameters memory) {
        return
            ReputationParameters({
                minCredibility: MIN_CREDIBILITY,
                threshold: THRESHOLD,
                maxCredibility: MAX_CREDIBILITY,
                probationFactor: PROBATION_FACTOR,
                probationPowerW: PROBATION_POWER_W,
                minWeightWad: MIN_WEIGHT_WAD
            });
    }

    /// @dev An escrow with one market, beside three that nobody is.
    function _escrowOf(IERC20 token_, address market) internal returns (Escrow) {
        address[4] memory markets = [market, address(0xF001), address(0xF002), address(0xF003)];
        return Escrow(_created("Escrow", abi.encode(token_, markets)));
    }
}
