// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title A token whose ERC-2612 permits are signed for a domain of any version
/// @notice Tells the version as some stable token does: by ERC-5267, by `version`, or not at all.
contract VersionedToken is ERC20, EIP712 {
    enum Tells {
        Nothing,
        Version,
        Domain
    }

    bytes32 private constant PERMIT_TYPEHASH = keccak256(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
    );

    Tells private immutable _tells;
    mapping(address owner => uint256) public nonces;

    error VersionedTokenUnknown();
    error VersionedTokenExpired(uint256 deadline);
    error VersionedTokenBadSignature(address recovered, address owner);

    constructor(
        string memory version_,
        Tells tells
    ) ERC20("USD Coin", "USDC") EIP712("USD Coin", version_) {
        _tells = tells;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function permit(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        if (block.timestamp > deadline) revert VersionedTokenExpired(deadline);
        bytes32 structHash = keccak256(
            abi.encode(PERMIT_TYPEHASH, owner, spender, value, nonces[owner]++, deadline)
        );
        address recovered = ECDSA.recover(_hashTypedDataV4(structHash), v, r, s);
        if (recovered != owner) revert VersionedTokenBadSignature(recovered, owner);

        _approve(owner, spender, value);
    }

    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    function version() external view returns (string memory) {
        if (_tells != Tells.Version) revert VersionedTokenUnknown();
        return _EIP712Version();
    }

    function eip712Domain()
        public
        view
        override
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        if (_tells != Tells.Domain) revert VersionedTokenUnknown();
        return super.eip712Domain();
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
