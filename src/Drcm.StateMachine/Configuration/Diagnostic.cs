namespace Drcm.StateMachine.Configuration;

public enum Severity
{
    Warning,
    Error,
}

/// <summary>One finding in cm.cfg, printed as <c>file:line:col: error: what; remedy</c>.</summary>
/// <param name="Severity">Errors make the check exit 1, warnings alone 2.</param>
/// <param name="Line">From 1; 0 when the finding belongs to the file as a whole.</param>
/// <param name="Column">From 1; 0 with line 0.</param>
/// <param name="What">What is wrong, one clause, without a full stop.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record Diagnostic(Severity Severity, int Line, int Column, string What, string Remedy)
{
    public string Render(string file) =>
        Line == 0
            ? $"{file}: {Word}: {What}; {Remedy}"
            : $"{file}:{Line}:{Column}: {Word}: {What}; {Remedy}";

    private string Word => Severity == Severity.Error ? "error" : "warning";
}
