// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title A token with the permits of DAI
/// @notice They came before ERC-2612: they allow everything or nothing, and whoever takes them for
/// ERC-2612's calls a function that is not there.
contract DaiToken is ERC20, EIP712 {
    bytes32 public constant PERMIT_TYPEHASH = keccak256(
        "Permit(address holder,address spender,uint256 nonce,uint256 expiry,bool allowed)"
    );

    mapping(address holder => uint256) public nonces;

    error DaiTokenBadPermit(address holder);

    constructor() ERC20("Dai Stablecoin", "DAI") EIP712("Dai Stablecoin", "1") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function permit(
        address holder,
        address spender,
        uint256 nonce,
        uint256 expiry,
        bool allowed,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        bytes32 structHash = keccak256(
            abi.encode(PERMIT_TYPEHASH, holder, spender, nonce, expiry, allowed)
        );
        bool isSigned = ECDSA.recover(_hashTypedDataV4(structHash), v, r, s) == holder;
        bool isInTime = expiry == 0 || block.timestamp <= expiry;
        if (!isSigned || !isInTime || nonce != nonces[holder]++) revert DaiTokenBadPermit(holder);

        _approve(holder, spender, allowed ? type(uint256).max : 0);
    }

    function version() external view returns (string memory) {
        return _EIP712Version();
    }

    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _domainSeparatorV4();
    }
}
