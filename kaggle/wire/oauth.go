package wire

// What Kaggle's own client calls itself in a login, and asks for.
const (
	OAuthClient = "kagglesdk"
	OAuthScope  = "resources.admin:*"
)

// IntrospectTokenRequest asks whose a token is.
type IntrospectTokenRequest struct {
	Token string `json:"token,omitempty"`
}

// IntrospectTokenResponse says whose a token is and whether it is good.
type IntrospectTokenResponse struct {
	Active   bool   `json:"active"`
	Username string `json:"username,omitempty"`
	UserID   int64  `json:"userId,omitempty"`
	Scope    string `json:"scope,omitempty"`
	Exp      int64  `json:"exp,omitempty"` // Unix seconds
}

// ExchangeOAuthTokenRequest turns the code of a browser's visit into tokens.
// GrantType is "authorization_code".
type ExchangeOAuthTokenRequest struct {
	Code         string `json:"code,omitempty"`
	CodeVerifier string `json:"codeVerifier,omitempty"`
	GrantType    string `json:"grantType,omitempty"`
}

// ExchangeOAuthTokenResponse is a login.
type ExchangeOAuthTokenResponse struct {
	AccessToken  string `json:"accessToken,omitempty"`
	RefreshToken string `json:"refreshToken,omitempty"`
	TokenType    string `json:"tokenType,omitempty"`
	ExpiresIn    int64  `json:"expiresIn,omitempty"` // of the access token, seconds
	Username     string `json:"username,omitempty"`
	UserID       int64  `json:"userId,omitempty"`
	Scope        string `json:"scope,omitempty"`
}

// GenerateAccessTokenRequest asks for another access token of a login.
// APIVersion is "API_VERSION_V1", ExpirationDuration a time as "43200s".
type GenerateAccessTokenRequest struct {
	RefreshToken       string `json:"refreshToken,omitempty"`
	APIVersion         string `json:"apiVersion,omitempty"`
	ExpirationDuration string `json:"expirationDuration,omitempty"`
}

// GenerateAccessTokenResponse is an access token.
type GenerateAccessTokenResponse struct {
	Token     string `json:"token,omitempty"`
	ExpiresIn int64  `json:"expiresIn,omitempty"` // seconds
	UserName  string `json:"userName,omitempty"`
	UserID    int64  `json:"userId,omitempty"`
}

// ExpireAPITokenRequest revokes a token: of a login, its refresh token. It is
// answered with an empty message.
type ExpireAPITokenRequest struct {
	Token  string `json:"token,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// HelloResponse says who asks. The request is empty.
type HelloResponse struct {
	UserName string `json:"userName,omitempty"`
}
