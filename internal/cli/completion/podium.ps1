# Completion of podium for PowerShell. Use: podium completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName podium -ScriptBlock {
    param($word, $ast, $position)
    $words = @($ast.CommandElements | Where-Object { $_.Extent.EndOffset -lt $position } | Select-Object -Skip 1 | ForEach-Object { "$_" })
    podium __complete -- @words "$word" 2>$null | ForEach-Object {
        $name, $about = $_ -split "`t", 2
        if ($name -like "$word*") {
            if (-not $about) { $about = $name }
            [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $about)
        }
    }
}
