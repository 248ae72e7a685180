namespace Drcm.Node.Control;

/// <summary>The control socket cannot be opened; the message names the cause and the remedy.</summary>
internal sealed class ControlSocketException(string message, Exception? inner = null) : Exception(message, inner);
