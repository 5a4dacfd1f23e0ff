// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title An auction that is careless about its servers
/// @notice The matcher is believed alone; whomever it names is its second server; and what a server
/// signs says neither for which auction nor for which round. The attacks of the tests succeed here:
/// one that has stopped working cannot pass for one that is refused.
contract CarelessServers {
    struct Auction {
        address matcher;
        address second;
        uint8 round;
        bytes32 decisionsRoot;
    }

    mapping(bytes32 id => Auction) public auctionOf;
    mapping(bytes32 id => mapping(address account => bool)) public isReleased;

    error CarelessNo();

    modifier onlyMatcher(bytes32 id) {
        if (msg.sender != auctionOf[id].matcher) revert CarelessNo();
        _;
    }

    function open(bytes32 id, address second) external {
        auctionOf[id] = Auction(msg.sender, second, 1, bytes32(0));
    }

    function postDecisions(bytes32 id, bytes32 root) external onlyMatcher(id) {
        auctionOf[id].decisionsRoot = root;
    }

    /// @notice With a signature of the second server over nothing but what was found.
    function closeRound(
        bytes32 id,
        bytes32 found,
        bytes calldata signature
    ) external onlyMatcher(id) {
        (address signer, , ) = ECDSA.tryRecoverCalldata(found, signature);
        if (signer != auctionOf[id].second) revert CarelessNo();
        ++auctionOf[id].round;
    }

    function release(bytes32 id, address account) external onlyMatcher(id) {
        isReleased[id][account] = true;
    }
}
