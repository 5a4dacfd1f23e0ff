// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MeterKey, MeterKeyId} from "../../../contracts/ocmf/OcmfTypes.sol";
import {Meter, MeterCertificate} from "../../../contracts/types/MeterTypes.sol";
import {MeterWorld} from "./MeterWorld.sol";

/// @title A second pile that meters can move to
abstract contract MeterCertifyWorld is MeterWorld {
    MeterKey internal other;
    MeterKeyId internal otherId;

    function setUp() public override {
        super.setUp();
        other = _r1Key(OTHER_SECRET);
        otherId = meters.keyIdOf(other);
    }

    function _refuses(
        MeterCertificate memory certificate,
        bytes memory signature,
        bytes memory reason
    ) internal {
        vm.expectRevert(reason);
        meters.certify(certificate, signature);
    }

    function _assertCertified(
        MeterKeyId keyId,
        address holder,
        MeterCertificate memory certificate,
        uint64 lastPagination
    ) internal view {
        (address knownHolder, Meter memory known) = meters.meterOf(keyId);
        vm.assertEq(knownHolder, holder, "pile");
        vm.assertEq(known.lastPagination, lastPagination, "pagination");
        vm.assertEq(known.validFrom, certificate.validFrom, "from");
        vm.assertEq(known.validUntil, certificate.validUntil, "until");
        vm.assertEq(known.ratedPowerW, certificate.ratedPowerW, "power");
        vm.assertEq(known.issue, certificate.issue, "issue");
        vm.assertTrue(!known.revoked, "not revoked");
    }

    function _copy(MeterCertificate memory from) internal pure returns (MeterCertificate memory) {
        return abi.decode(abi.encode(from), (MeterCertificate));
    }
}
