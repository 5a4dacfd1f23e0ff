// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IArbiterQuorum} from "./interfaces/IArbiterQuorum.sol";
import {Signatures} from "./libraries/Signatures.sol";

/// @dev The prose is in {IArbiterQuorum}; here stand only the reasons.
contract ArbiterQuorum is IArbiterQuorum {
    bytes4 private constant NOT_SIGNED = 0xffffffff;

    /// @inheritdoc IArbiterQuorum
    uint256 public immutable override quorum;

    mapping(address account => bool) private _members;

    constructor(address[] memory arbiters, uint256 quorum_) {
        if (quorum_ == 0 || quorum_ > arbiters.length) {
            revert ArbiterBadQuorum(quorum_, arbiters.length);
        }

        quorum = quorum_;
        for (uint256 i = 0; i < arbiters.length; ++i) {
            address account = arbiters[i];
            if (account == address(0) || _members[account]) revert ArbiterBadMember(account);
            _members[account] = true;
        }

        emit ArbitersNamed(quorum_, arbiters);
    }

    /// @inheritdoc IArbiterQuorum
    function isArbiter(address account) external view override returns (bool) {
        return _members[account];
    }

    /// @inheritdoc IArbiterQuorum
    function isValidSignature(
        bytes32 hash,
        bytes calldata signature
    ) external view override returns (bytes4) {
        (address[] memory arbiters, bytes[] memory signatures) = abi.decode(
            signature,
            (address[], bytes[])
        );
        bool isSigned = arbiters.length >= quorum && _allSigned(hash, arbiters, signatures);
        return isSigned ? this.isValidSignature.selector : NOT_SIGNED;
    }

    /// @dev In ascending order, so that nobody counts twice: one comparison per signature instead
    /// of a search through those before. More signatures than the quorum are checked as well; one
    /// that is wrong spoils the list.
    function _allSigned(
        bytes32 hash,
        address[] memory arbiters,
        bytes[] memory signatures
    ) private view returns (bool) {
        if (arbiters.length != signatures.length) return false;

        address last = address(0);
        for (uint256 i = 0; i < arbiters.length; ++i) {
            address account = arbiters[i];
            if (account <= last || !_members[account]) return false;
            if (!Signatures.isBy(account, hash, signatures[i])) return false;
            last = account;
        }
        return true;
    }
}
