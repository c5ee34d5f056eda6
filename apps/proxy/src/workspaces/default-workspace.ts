/** Every account has it; bare image names are looked up in it. It can be neither renamed nor deleted. */
export const defaultWorkspaceName = 'default'
/** The account of a self-hosted installation. */
export const defaultAccountName = 'local'
