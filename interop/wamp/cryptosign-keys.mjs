/** The private key of RFC 8032, 7.1, test 1. */
export const cryptosignKey = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'

/** The public key to it. */
export const cryptosignPublicKey = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
