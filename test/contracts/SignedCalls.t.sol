// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {ChargingSession} from "../../contracts/ChargingSession.sol";
import {ISignedCalls} from "../../contracts/interfaces/ISignedCalls.sol";
import {HostileParticipant} from "../../contracts/mocks/HostileParticipant.sol";
import {ReenteringWallet} from "../../contracts/mocks/ReenteringWallet.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {ParticipantKind, SessionId, SessionState} from "../../contracts/types/MarketTypes.sol";
import {Deal} from "../support/contracts/DealWorld.sol";
import {DisputeWorld} from "../support/contracts/DisputeWorld.sol";
import {Digests} from "../support/contracts/Digests.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title `callSigned`: parties without gas, and relayers who can do nothing else
contract SignedCallsTest is DisputeWorld {
    /* WHAT IT IS FOR */

    /// @dev A whole session in which neither party sends anything.
    function test_SC1_Call_AWholeSessionIsRelayed() external {
        Deal memory deal = _decided();
        SessionId id = deal.sessionId;
        bytes memory answer = _relay(
            vehicle,
            0,
            abi.encodeCall(sessions.start, (deal.opening, deal.proof))
        );
        vm.assertEq(abi.decode(answer, (bytes32)), SessionId.unwrap(id), "what start returns");
        _relay(pile, 0, abi.encodeCall(sessions.authorise, (id)));
        _relay(vehicle, 1, abi.encodeCall(sessions.plugIn, (id)));
        vm.warp(block.timestamp + 1 hours);
        _relay(vehicle, 2, abi.encodeCall(sessions.unplug, (id)));
        _relay(pile, 1, abi.encodeCall(sessions.settle, (id, meter, _naming(id, 1), "")));
        _relay(vehicle, 3, abi.encodeCall(sessions.dispute, (id)));
        vm.assertEq(uint8(_stateOf(id)), uint8(SessionState.Disputed), "state");
        vm.assertEq(sessions.nonces(vehicle.account), 4, "the vehicle's calls");
        vm.assertEq(sessions.nonces(pile.account), 2, "the pile's");
        vm.warp(_deadlineOf(id));
        sessions.finalise(id);
        _assertPaid(id, ENERGY_WH, AMOUNT, 0);
    }

    function test_SC1_Call_WaivedByRelay() external {
        Deal memory deal = _charging();
        _relay(pile, 0, abi.encodeCall(sessions.waive, (deal.sessionId)));
        _assertBalance(pile.account, FUNDS, 0, "free");
    }

    /* WHAT IS SIGNED */

    /// @dev SC-1, the corruption matrix of `Call`.
    function test_SC1_Call_EveryFieldIsSigned() external {
        Deal memory deal = _opened();
        bytes memory data = abi.encodeCall(sessions.authorise, (deal.sessionId));
        bytes memory signature = _callSignature(pile, data, 0, _soon());

        bytes memory other = abi.encodeCall(sessions.plugIn, (deal.sessionId));
        _refusesSignature(pile.account, other, _soon(), signature);
        _refusesSignature(vehicle.account, data, _soon(), signature);
        _refusesSignature(pile.account, data, _soon() + 1, signature);
        _refusesSignature(pile.account, data, _soon(), _callSignature(pile, data, 1, _soon()));
        _refusesSignature(pile.account, data, _soon(), _callSignature(vehicle, data, 0, _soon()));
        _refusesSignature(pile.account, data, _soon(), _malleated(signature));
        _refusesSignature(pile.account, data, _soon(), "");
        _refusesSignature(address(0), data, _soon(), new bytes(65));
        _refusesSignature(address(sessions), data, _soon(), signature);

        sessions.callSigned(pile.account, data, _soon(), signature);
        vm.assertEq(uint8(_stateOf(deal.sessionId)), uint8(SessionState.Authorised), "as signed");
    }

    function test_SC1_Call_OfAnotherContractOrChain() external {
        Deal memory deal = _opened();
        bytes memory data = abi.encodeCall(sessions.authorise, (deal.sessionId));
        ChargingSession twin = _newSessions(_windows(), judge.account);
        bytes32 digest = Digests.callDigest(
            Digests.SESSIONS,
            address(twin),
            pile.account,
            data,
            0,
            _soon()
        );
        _refusesSignature(pile.account, data, _soon(), _signature(pile.key, digest));
        bytes memory signature = _callSignature(pile, data, 0, _soon());
        vm.chainId(4242);
        _refusesSignature(pile.account, data, _soon(), signature);
    }

    function test_SC2_Call_CountsOnce() external {
        Deal memory deal = _opened();
        bytes memory data = abi.encodeCall(sessions.authorise, (deal.sessionId));
        bytes memory signature = _callSignature(pile, data, 0, _soon());
        sessions.callSigned(pile.account, data, _soon(), signature);
        _refusesSignature(pile.account, data, _soon(), signature);
    }

    /// @dev Not before the one before it; and one that nobody has relayed is taken back by another.
    function test_SC2_Call_InOrder() external {
        Deal memory deal = _opened();
        bytes memory plugIn = abi.encodeCall(sessions.plugIn, (deal.sessionId));
        bytes memory first = _callSignature(vehicle, plugIn, 0, _soon());
        bytes memory look = abi.encodeCall(sessions.windows, ());
        bytes memory second = _callSignature(vehicle, look, 1, _soon());
        _refusesSignature(vehicle.account, look, _soon(), second);

        sessions.callSigned(
            vehicle.account,
            look,
            _soon(),
            _callSignature(vehicle, look, 0, _soon())
        );
        _refusesSignature(vehicle.account, plugIn, _soon(), first);
        sessions.callSigned(vehicle.account, look, _soon(), second);
    }

    /// @dev What fails changes nothing, the nonce neither, and says why.
    function test_SC2_Call_FailsAsTheCallItself() external {
        Deal memory deal = _opened();
        bytes memory data = abi.encodeCall(sessions.plugIn, (deal.sessionId));
        bytes memory signature = _callSignature(stranger, data, 0, _soon());
        vm.expectRevert(_notParty(deal.sessionId, stranger.account));
        sessions.callSigned(stranger.account, data, _soon(), signature);
        vm.assertEq(sessions.nonces(stranger.account), 0, "nonce");
    }

    /// @dev A relayer that gives too little gas uses up no nonce: it is the whole call, or nothing.
    function test_SC2_Attack_StarvedByTheRelayer() external {
        Deal memory deal = _opened();
        bytes memory data = abi.encodeCall(sessions.authorise, (deal.sessionId));
        bytes memory signature = _callSignature(pile, data, 0, _soon());
        bytes memory call = abi.encodeCall(
            ISignedCalls.callSigned,
            (pile.account, data, _soon(), signature)
        );
        bool success = false;
        uint256 attempts = 0;
        for (uint256 given = 20_000; !success; given += 500) {
            (success, ) = address(sessions).call{gas: given}(call);
            ++attempts;
            SessionState state = success ? SessionState.Authorised : SessionState.Opened;
            vm.assertEq(uint8(_stateOf(deal.sessionId)), uint8(state), "state");
            vm.assertEq(sessions.nonces(pile.account), success ? 1 : 0, "nonce");
        }
        vm.assertGt(attempts, 20, "starved often");
    }

    function test_SC3_Call_AtTheSecond() external {
        Deal memory deal = _opened();
        bytes memory data = abi.encodeCall(sessions.authorise, (deal.sessionId));
        uint40 deadline = _soon();
        bytes memory signature = _callSignature(pile, data, 0, deadline);
        vm.warp(deadline);
        bytes4 selector = ISignedCalls.SignedCallStale.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, deadline, uint256(deadline)));
        sessions.callSigned(pile.account, data, deadline, signature);
        vm.warp(deadline - 1);
        sessions.callSigned(pile.account, data, deadline, signature);
    }

    /* WHO IS BELIEVED */

    /// @dev SC-4: an account behind the data of anybody's call is not read.
    function testFuzz_SC4_Appended_ByAnybody(address caller) external {
        vm.assume(caller != address(sessions) && caller != pile.account);
        Deal memory deal = _opened();
        bytes memory data = abi.encodeCall(sessions.authorise, (deal.sessionId));
        vm.prank(caller);
        (bool success, bytes memory reason) = address(sessions).call(
            abi.encodePacked(data, pile.account)
        );
        vm.assertTrue(!success, "refused");
        vm.assertEq(keccak256(reason), keccak256(_notParty(deal.sessionId, caller)), "the caller");
        vm.assertTrue(!sessions.isTrustedForwarder(caller), "no forwarder");
        vm.assertEq(sessions.trustedForwarder(), address(sessions), "but itself");
    }

    /// @dev Whoever signs an account behind its own data is still itself.
    function test_SC4_Appended_InWhatIsSigned() external {
        Deal memory deal = _opened();
        bytes memory data = abi.encodePacked(
            abi.encodeCall(sessions.authorise, (deal.sessionId)),
            pile.account
        );
        vm.expectRevert(_notParty(deal.sessionId, stranger.account));
        _relay(stranger, 0, data);
    }

    function test_SC4_Nested() external {
        Deal memory deal = _opened();
        bytes memory data = abi.encodeCall(sessions.authorise, (deal.sessionId));
        bytes memory inner = abi.encodeCall(
            ISignedCalls.callSigned,
            (pile.account, data, _soon(), _callSignature(pile, data, 0, _soon()))
        );
        vm.expectRevert(
            abi.encodeWithSelector(ISignedCalls.SignedCallNested.selector, pile.account)
        );
        _relay(stranger, 0, inner);
    }

    /// @dev Nobody has signed for what is no account: precompiles, of which one returns what it is
    /// given, and the contracts of the market.
    function test_SC4_Attack_InTheNameOfAPrecompile() external {
        bytes memory data = abi.encodeCall(sessions.windows, ());
        for (uint160 i = 0; i <= 0x100; ++i) {
            _refusesInTheNameOf(address(i), data);
        }
        _refusesInTheNameOf(address(sessions), data);
        _refusesInTheNameOf(address(auctions), data);
        _refusesInTheNameOf(address(escrow), data);
        _refusesInTheNameOf(address(token), data);
    }

    /// @dev Shorter than a selector, the account behind it would be read for one.
    function test_SC4_TooShort() external {
        bytes4 selector = ISignedCalls.SignedCallTooShort.selector;
        for (uint256 length = 0; length < 4; ++length) {
            vm.expectRevert(abi.encodeWithSelector(selector, length));
            _relay(stranger, 0, new bytes(length));
        }
        vm.expectRevert(abi.encodeWithSelector(Errors.FailedCall.selector));
        _relay(stranger, 0, hex"ffffffff");
    }

    /// @dev Arguments cut short, so that the account reaches into them: it is the signer's own.
    function test_SC4_ArgumentsCutShort() external {
        Deal memory deal = _opened();
        bytes memory whole = abi.encodeCall(sessions.authorise, (deal.sessionId));
        for (uint256 length = 4; length < whole.length; ++length) {
            bytes memory cut = new bytes(length);
            for (uint256 i = 0; i < length; ++i) cut[i] = whole[i];
            uint40 deadline = _soon();
            bytes memory signature = _callSignature(pile, cut, 0, deadline);
            try sessions.callSigned(pile.account, cut, deadline, signature) {
                vm.assertTrue(false, "no session is named by it");
            } catch {}
        }
        vm.assertEq(uint8(_stateOf(deal.sessionId)), uint8(SessionState.Opened), "untouched");
    }

    /* WALLETS */

    function test_SC5_Call_OfAWallet() external {
        (Wallet1271 wallet, SessionId sessionId) = _chargingWallet();
        bytes memory data = abi.encodeCall(sessions.unplug, (sessionId));
        bytes32 digest = Digests.callDigest(
            Digests.SESSIONS,
            address(sessions),
            address(wallet),
            data,
            0,
            _soon()
        );
        bytes memory signature = _signature(vehicle.key, digest);
        vm.prank(vehicle.account);
        wallet.setOwner(stranger.account);
        _refusesSignature(address(wallet), data, _soon(), signature);

        signature = _signature(stranger.key, digest);
        sessions.callSigned(address(wallet), data, _soon(), signature);
        vm.assertEq(uint8(_stateOf(sessionId)), uint8(SessionState.Unplugged), "state");
    }

    /// @dev A key cannot take its word back by code that its account takes on (EIP-7702).
    function test_SC5_Call_KeyThatGotCode() external {
        Deal memory deal = _opened();
        bytes memory data = abi.encodeCall(sessions.authorise, (deal.sessionId));
        bytes memory signature = _callSignature(pile, data, 0, _soon());
        vm.etch(pile.account, type(HostileParticipant).runtimeCode);
        sessions.callSigned(pile.account, data, _soon(), signature);
    }

    /// @dev A wallet that acts while it is asked finds the door closed: it is asked without leave
    /// to change anything.
    function test_SC5_Call_WalletThatReenters() external {
        ReenteringWallet wallet = new ReenteringWallet();
        Actor memory ev = _enrolContract(address(wallet), ParticipantKind.Vehicle);
        Deal memory deal = _agreedBetween(ev, pile, PRICE);
        bytes memory data = abi.encodeCall(sessions.start, (deal.opening, deal.proof));
        wallet.arm(address(sessions), data);
        sessions.callSigned(address(wallet), data, _soon(), "");
        vm.assertEq(uint8(_stateOf(deal.sessionId)), uint8(SessionState.Opened), "once");
        vm.assertEq(sessions.nonces(address(wallet)), 1, "nonce");
    }

    /* HELPERS */

    function _soon() private view returns (uint40) {
        return uint40(block.timestamp) + 1 minutes;
    }

    function _callSignature(
        Actor memory signer,
        bytes memory data,
        uint256 nonce,
        uint40 deadline
    ) private view returns (bytes memory) {
        return
            _signature(
                signer.key,
                Digests.callDigest(
                    Digests.SESSIONS,
                    address(sessions),
                    signer.account,
                    data,
                    nonce,
                    deadline
                )
            );
    }

    /// @dev Brought by nobody in particular.
    function _relay(
        Actor memory signer,
        uint256 nonce,
        bytes memory data
    ) private returns (bytes memory) {
        bytes memory signature = _callSignature(signer, data, nonce, _soon());
        return sessions.callSigned(signer.account, data, _soon(), signature);
    }

    /// @dev With so much gas and no more: a precompile that fails burns all it gets.
    function _refusesInTheNameOf(address from, bytes memory data) private {
        bytes memory signature = new bytes(65);
        try sessions.callSigned{gas: 200_000}(from, data, _soon(), signature) {
            vm.assertTrue(false, "nobody has signed");
        } catch {}
    }

    function _refusesSignature(
        address from,
        bytes memory data,
        uint40 deadline,
        bytes memory signature
    ) private {
        vm.expectRevert(abi.encodeWithSelector(ISignedCalls.SignedCallBadSignature.selector, from));
        sessions.callSigned(from, data, deadline, signature);
    }
}
