// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityRegistry} from "../../contracts/IdentityRegistry.sol";
import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {Wallet1271} from "../../contracts/mocks/Wallet1271.sol";
import {SessionAuthorisation} from "../../contracts/types/MarketTypes.sol";
import {IdentityWorld} from "../support/contracts/IdentityWorld.sol";
import {Digests} from "../support/contracts/Digests.sol";
import {Actor} from "../support/contracts/Base.sol";

/// @title `authorise`: the account's own consent
contract IdentityConsentTest is IdentityWorld {
    function test_ID10_Authorise_RelayedWithConsent() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        bytes memory signature = _stationSigned(given, pile);
        bytes memory consent = _consented(given, fresh);

        vm.prank(stranger.account);
        identities.authorise(given, signature, consent);

        _assertAuthorised(given);
    }

    function test_ID10_Authorise_WithoutConsent() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        bytes memory consent = _consented(given, fresh);

        _refusesConsent(given, "");
        _refusesConsent(given, new bytes(65));
        _refusesConsent(given, bytes.concat(consent, hex"00"));
        // Neither the station's word nor anybody else's is the account's.
        _refusesConsent(given, _stationSigned(given, pile));
        _refusesConsent(given, _consented(given, later));
    }

    /// @dev The corruption matrix: the account agreed to this and to nothing else.
    function test_ID10_Authorise_ConsentToEveryField() external {
        SessionAuthorisation memory good = _authorisation(fresh.account, PLACE);
        for (uint256 i = 0; i < 7; ++i) {
            SessionAuthorisation memory asked = _copy(good);
            if (i == 0) asked.role = DISCHARGE;
            if (i == 1) asked.place = ~asked.place;
            if (i == 2) asked.slotStart -= 1;
            if (i == 3) asked.slotEnd -= 1;
            if (i == 4) asked.nym = ~asked.nym;
            if (i == 5) asked.stationId = otherPile.id;
            if (i == 6) asked.maxEnergyWh -= 1;
            _refusesConsent(good, _consented(asked, fresh));
        }
        _authorise(good);
    }

    function test_ID10_Authorise_ConsentElsewhere() external {
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        IdentityRegistry twin = _newIdentities(authority.account, court.account);
        bytes32 digest = Digests.authorisationDigest(address(twin), given);
        _refusesConsent(given, _signature(fresh.key, digest));

        bytes memory consent = _consented(given, fresh);
        vm.chainId(4242);
        _refusesConsent(given, consent);
    }

    /// @dev A wallet consents by ERC-1271, as long as it says so.
    function test_ID10_Authorise_OfAContractWallet() external {
        Wallet1271 wallet = new Wallet1271(stranger.account);
        SessionAuthorisation memory given = _authorisation(address(wallet), PLACE);
        _refusesConsent(given, _consented(given, fresh));

        identities.authorise(given, _stationSigned(given, pile), _consented(given, stranger));

        _assertAuthorised(given);
    }

    /// @dev Somebody who is not the account calls with a signature of the station alone.
    function testFuzz_ID10_Authorise_OnlyTheAccountNeedsNoSignature(address caller) external {
        vm.assume(caller != fresh.account);
        SessionAuthorisation memory given = _authorisation(fresh.account, PLACE);
        bytes memory signature = _stationSigned(given, pile);

        vm.expectRevert(_noConsent(given));
        vm.prank(caller);
        identities.authorise(given, signature, "");
    }

    /// @dev Who relays a call speaks for its signer. Of the registry, which then calls itself, it is
    /// no consent: a station would let in, and bar, the registry's own address.
    function test_ID10_Authorise_RelayedCallIsItsSignersConsent() external {
        SessionAuthorisation memory own = _authorisation(fresh.account, PLACE);
        SessionAuthorisation memory registrys = _authorisation(address(identities), PLACE);
        _refusesRelayed(registrys, pile);
        _refusesRelayed(registrys, fresh);
        _refusesRelayed(own, pile);

        (bytes memory data, bytes memory signature) = _relayable(own, fresh);
        vm.prank(stranger.account);
        identities.callSigned(fresh.account, data, own.slotEnd, signature);
        _assertAuthorised(own);
    }

    /* HELPERS */

    /// @dev The call that authorises on the station's word alone, signed by `from`.
    function _relayable(
        SessionAuthorisation memory given,
        Actor memory from
    ) private view returns (bytes memory data, bytes memory signature) {
        bytes memory word = _stationSigned(given, pile);
        data = abi.encodeCall(identities.authorise, (given, word, ""));
        bytes32 digest = Digests.callDigest(
            Digests.IDENTITIES,
            address(identities),
            from.account,
            data,
            0,
            given.slotEnd
        );
        signature = _signature(from.key, digest);
    }

    function _refusesRelayed(SessionAuthorisation memory given, Actor memory from) private {
        (bytes memory data, bytes memory signature) = _relayable(given, from);
        vm.expectRevert(_noConsent(given));
        identities.callSigned(from.account, data, given.slotEnd, signature);
    }

    function _consented(
        SessionAuthorisation memory given,
        Actor memory by
    ) private view returns (bytes memory) {
        return _stationSigned(given, by);
    }

    function _refusesConsent(SessionAuthorisation memory given, bytes memory consent) private {
        bytes memory signature = _stationSigned(given, pile);
        vm.expectRevert(_noConsent(given));
        identities.authorise(given, signature, consent);
    }

    function _noConsent(SessionAuthorisation memory given) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IIdentityRegistry.IdentityNoConsent.selector, given.account);
    }
}
