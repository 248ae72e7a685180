namespace Drcm.Consensus.Transport;

/// <summary>The log's TCP port cannot be opened; the message names address and remedy.</summary>
public sealed class TransportUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
