// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title A straw man: a registry that asks a station alone
/// @notice Whoever is a station names an account and a pseudonym, and both are taken: the account
/// for ever, the pseudonym until the authorisation ends. What an account is authorised for binds
/// it in sealed auctions, which ask for a scope, and in no others. What an authority signs counts
/// as often as it is brought. A case is about what was asked for first.
contract CarelessRegistry {
    error CarelessAccountTaken(address account);
    error CarelessNymTaken(bytes32 nymHash);
    error CarelessBadSignature();
    error CarelessCaseTaken(bytes32 caseId);

    mapping(address account => bool) public isKnown;
    mapping(address account => bool) public isSuspended;
    mapping(bytes32 caseId => bytes32) public presentationOf;
    mapping(bytes32 nymHash => uint256) private _heldUntil;

    function authorise(address account, bytes32 nymHash, uint256 notAfter) external {
        _take(account);
        if (block.timestamp < _heldUntil[nymHash]) revert CarelessNymTaken(nymHash);

        _heldUntil[nymHash] = notAfter;
    }

    function enrol(address account) external {
        _take(account);
    }

    function setSuspended(
        address authority,
        address account,
        bool suspended,
        bytes calldata signature
    ) external {
        bytes32 digest = keccak256(abi.encode(account, suspended));
        if (ECDSA.recover(digest, signature) != authority) revert CarelessBadSignature();

        isSuspended[account] = suspended;
    }

    function requestTrace(bytes32 caseId, bytes32 presentationHash) external {
        if (presentationOf[caseId] != bytes32(0)) revert CarelessCaseTaken(caseId);

        presentationOf[caseId] = presentationHash;
    }

    function canOpen(address account, uint40, uint40) external view returns (bool) {
        return isKnown[account];
    }

    function _take(address account) private {
        if (isKnown[account]) revert CarelessAccountTaken(account);

        isKnown[account] = true;
    }
}
