// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISignedCalls} from "../../../contracts/interfaces/ISignedCalls.sol";
import {Actor} from "./Base.sol";
import {Digests} from "./Digests.sol";
import {SettleWorld} from "./SettleWorld.sol";

/// @dev A contract that takes signed calls, and the domain under which they are signed.
struct Taker {
    ISignedCalls target;
    string domain;
}

/// @title People who sign their calls, and others who relay them
abstract contract CallsWorld is SettleWorld {
    uint40 internal constant RELAY_BY = START + 7 days;

    function _atEscrow() internal view returns (Taker memory) {
        return Taker(ISignedCalls(address(escrow)), Digests.ESCROW);
    }

    function _atAuctions() internal view returns (Taker memory) {
        return Taker(ISignedCalls(address(auctions)), Digests.AUCTIONS);
    }

    function _atReputation() internal view returns (Taker memory) {
        return Taker(ISignedCalls(address(reputation)), Digests.REPUTATION);
    }

    /// @dev As the signer's next call.
    function _signedFor(
        Taker memory taker,
        Actor memory signer,
        bytes memory data
    ) internal view returns (bytes memory) {
        return _signedUntil(taker, signer, data, RELAY_BY);
    }

    function _signedUntil(
        Taker memory taker,
        Actor memory signer,
        bytes memory data,
        uint40 deadline
    ) internal view returns (bytes memory) {
        bytes32 digest = Digests.callDigest(
            taker.domain,
            address(taker.target),
            signer.account,
            data,
            taker.target.nonces(signer.account),
            deadline
        );
        return _signature(signer.key, digest);
    }

    /// @dev By `stranger`.
    function _bring(
        Taker memory taker,
        Actor memory signer,
        bytes memory data,
        bytes memory signature
    ) internal {
        vm.prank(stranger.account);
        taker.target.callSigned(signer.account, data, RELAY_BY, signature);
    }

    /// @dev Signed and brought.
    function _relay(Taker memory taker, Actor memory signer, bytes memory data) internal {
        _bring(taker, signer, data, _signedFor(taker, signer, data));
    }

    function _callsItself(Taker memory taker, Actor memory caller, bytes memory data) internal {
        vm.prank(caller.account);
        (bool done, ) = address(taker.target).call(data);
        vm.assertTrue(done, "by itself");
    }

    /// @dev It is not what the signer has signed as its next.
    function _refusesSigned(
        Taker memory taker,
        Actor memory signer,
        bytes memory data,
        bytes memory signature
    ) internal {
        bytes4 selector = ISignedCalls.SignedCallBadSignature.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, signer.account));
        _bring(taker, signer, data, signature);
    }
}
