// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ArbiterQuorum} from "../../contracts/ArbiterQuorum.sol";
import {IdentityRegistry} from "../../contracts/IdentityRegistry.sol";
import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {Digests} from "../support/contracts/Digests.sol";
import {Actor} from "../support/contracts/Base.sol";
import {World} from "../support/contracts/World.sol";

/// @title The log of tracing cases
contract TraceLogTest is World {
    bytes32 private constant CASE = keccak256("a case");
    bytes32 private constant PRESENTATION = keccak256("a presentation");
    bytes32 private constant OTHER = keccak256("another");

    /* REQUESTED */

    function test_ID8_Request_ByWhoMay() external {
        Actor[3] memory requesters = [authority, pile, matcher];
        for (uint256 i = 0; i < requesters.length; ++i) {
            bytes32 caseId = keccak256(abi.encode(i));
            vm.expectEmit(address(identities));
            emit IIdentityRegistry.TraceRequested(caseId, PRESENTATION, requesters[i].account);
            vm.prank(requesters[i].account);
            identities.requestTrace(caseId, PRESENTATION);

            vm.assertEq(identities.grantedPresentation(caseId), bytes32(0), "nothing granted");
        }
    }

    function test_ID8_Request_ByWhoMayNot() external {
        _refusesRequest(
            vehicle.account,
            abi.encodeWithSelector(IIdentityRegistry.IdentityNotAStation.selector, vehicle.id)
        );
        _refusesRequest(
            stranger.account,
            abi.encodeWithSelector(IIdentityRegistry.IdentityNotAStation.selector, bytes32(0))
        );
        // The court decides, it does not ask.
        _refusesRequest(
            court.account,
            abi.encodeWithSelector(IIdentityRegistry.IdentityNotAStation.selector, bytes32(0))
        );
        _suspend(pile);
        _refusesRequest(
            pile.account,
            abi.encodeWithSelector(IIdentityRegistry.IdentitySuspended.selector, pile.account)
        );
        uint40 validUntil = identities.participantOf(matcher.account).validUntil;
        vm.warp(validUntil);
        _refusesRequest(
            matcher.account,
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityExpired.selector,
                matcher.account,
                validUntil
            )
        );
    }

    function test_Request_Malformed() external {
        bytes32[2][2] memory bad = [[bytes32(0), PRESENTATION], [CASE, bytes32(0)]];
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IIdentityRegistry.IdentityTraceMalformed.selector,
                    bad[i][0],
                    bad[i][1]
                )
            );
            vm.prank(authority.account);
            identities.requestTrace(bad[i][0], bad[i][1]);
        }
    }

    function test_ID8_Request_OncePerPresentation() external {
        _requestTrace();
        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityTraceExists.selector,
                CASE,
                PRESENTATION
            )
        );
        vm.prank(pile.account);
        identities.requestTrace(CASE, PRESENTATION);
    }

    /* GRANTED */

    function test_ID8_Grant_SignedByTheCourt() external {
        _requestTrace();
        bytes memory signature = _approval(CASE, PRESENTATION);

        vm.expectEmit(address(identities));
        emit IIdentityRegistry.TraceGranted(CASE, PRESENTATION);
        vm.prank(stranger.account);
        identities.grantTrace(CASE, PRESENTATION, signature);

        _assertGranted();
    }

    function test_ID8_Grant_ByTheCourtItself() external {
        _requestTrace();

        vm.prank(court.account);
        identities.grantTrace(CASE, PRESENTATION, "");

        _assertGranted();
    }

    function test_ID8_Grant_ByAQuorum() external {
        ArbiterQuorum quorum = new ArbiterQuorum(
            _three(court.account, stranger.account, vehicle.account),
            2
        );
        identities = _newIdentities(authority.account, address(quorum));
        _requestTrace();
        bytes32 digest = Digests.traceApprovalDigest(address(identities), CASE, PRESENTATION);
        (Actor memory low, Actor memory high) = court.account < stranger.account
            ? (court, stranger)
            : (stranger, court);
        bytes[] memory signatures = new bytes[](2);
        signatures[0] = _signature(low.key, digest);
        signatures[1] = _signature(high.key, digest);

        bytes[] memory tooFew = new bytes[](1);
        tooFew[0] = signatures[0];
        _refusesApproval(abi.encode(_one(low.account), tooFew));

        identities.grantTrace(
            CASE,
            PRESENTATION,
            abi.encode(_two(low.account, high.account), signatures)
        );
        _assertGranted();
    }

    function test_ID8_Grant_NotRequested() external {
        _refusesGrant(CASE, PRESENTATION);
        _requestTrace();
        _refusesGrant(CASE, OTHER);
        _refusesGrant(OTHER, PRESENTATION);
        _refusesGrant(OTHER, bytes32(0));
    }

    function test_ID8_Grant_Twice() external {
        _requestTrace();
        bytes memory signature = _approval(CASE, PRESENTATION);
        identities.grantTrace(CASE, PRESENTATION, signature);

        vm.expectRevert(
            abi.encodeWithSelector(IIdentityRegistry.IdentityTraceGranted.selector, CASE)
        );
        identities.grantTrace(CASE, PRESENTATION, signature);
    }

    /// @dev The court has signed for two; whoever is first has the case.
    function test_ID8_Grant_OnePresentation() external {
        _requestTrace();
        vm.prank(pile.account);
        identities.requestTrace(CASE, OTHER);
        identities.grantTrace(CASE, PRESENTATION, _approval(CASE, PRESENTATION));

        bytes memory second = _approval(CASE, OTHER);
        vm.expectRevert(
            abi.encodeWithSelector(IIdentityRegistry.IdentityTraceGranted.selector, CASE)
        );
        identities.grantTrace(CASE, OTHER, second);
        _assertGranted();
    }

    function testFuzz_ID8_Grant_SignedBySomebodyElse(uint256 key) external {
        key = _bound(key, 1, type(uint128).max);
        vm.assume(key != court.key);
        _requestTrace();
        bytes32 digest = Digests.traceApprovalDigest(address(identities), CASE, PRESENTATION);

        _refusesApproval(_signature(key, digest));
    }

    /// @dev Not even the authority: who asks and who decides are two.
    function test_ID8_Grant_ByTheAuthority() external {
        _requestTrace();

        vm.expectRevert(
            abi.encodeWithSelector(IIdentityRegistry.IdentityTraceNotApproved.selector, CASE)
        );
        vm.prank(authority.account);
        identities.grantTrace(CASE, PRESENTATION, "");
    }

    function test_ID8_Grant_SignedForSomethingElse() external {
        _requestTrace();

        _refusesApproval(_approval(OTHER, PRESENTATION));
        _refusesApproval(_approval(CASE, OTHER));
        _refusesApproval("");
        IdentityRegistry twin = _newIdentities(authority.account, court.account);
        bytes32 digest = Digests.traceApprovalDigest(address(twin), CASE, PRESENTATION);
        _refusesApproval(_signature(court.key, digest));
        bytes memory signature = _approval(CASE, PRESENTATION);
        vm.chainId(4242);
        _refusesApproval(signature);
    }

    function test_ID8_Grant_NobodysCourt() external {
        identities = _newIdentities(authority.account, address(0));
        _requestTrace();

        _refusesApproval(new bytes(65));
    }

    function test_Construction_NamesBoth() external view {
        vm.assertEq(identities.authority(), authority.account, "authority");
        vm.assertEq(identities.court(), court.account, "court");
    }

    /* HELPERS */

    function _requestTrace() private {
        vm.prank(authority.account);
        identities.requestTrace(CASE, PRESENTATION);
    }

    function _approval(bytes32 caseId, bytes32 presentation) private view returns (bytes memory) {
        bytes32 digest = Digests.traceApprovalDigest(address(identities), caseId, presentation);
        return _signature(court.key, digest);
    }

    function _refusesRequest(address caller, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(caller);
        identities.requestTrace(CASE, PRESENTATION);
    }

    function _refusesGrant(bytes32 caseId, bytes32 presentation) private {
        bytes memory signature = _approval(caseId, presentation);
        vm.expectRevert(
            abi.encodeWithSelector(
                IIdentityRegistry.IdentityTraceNotRequested.selector,
                caseId,
                presentation
            )
        );
        identities.grantTrace(caseId, presentation, signature);
    }

    function _refusesApproval(bytes memory signature) private {
        vm.expectRevert(
            abi.encodeWithSelector(IIdentityRegistry.IdentityTraceNotApproved.selector, CASE)
        );
        identities.grantTrace(CASE, PRESENTATION, signature);
    }

    function _assertGranted() private view {
        vm.assertEq(identities.grantedPresentation(CASE), PRESENTATION, "presentation");
        vm.assertEq(identities.grantedPresentation(OTHER), bytes32(0), "of no other case");
    }
}
