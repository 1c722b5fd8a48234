<?php
// Creates a payment, has the simulator approve it, captures and checks it.
// Ends with 0 when all of that is as it should be.
declare(strict_types=1);

function call(string $method, string $path, array $headers = [], ?array $body = null): array
{
    $lines = ['Content-Type: application/json'];
    foreach ($headers as $name => $value) {
        $lines[] = "$name: $value";
    }
    $context = stream_context_create(['http' => [
        'method' => $method,
        'header' => implode("\r\n", $lines),
        'content' => $body === null ? '' : json_encode($body, JSON_THROW_ON_ERROR),
        'ignore_errors' => true,
    ]]);
    $text = file_get_contents(getenv('LIKSOM_URL') . $path, false, $context);
    $status = (int) explode(' ', $http_response_header[0] ?? 'HTTP/1.1 0')[1];
    if ($text === false || $status < 200 || $status > 299) {
        throw new RuntimeException("$method $path: $status $text");
    }
    return $text === '' ? [] : json_decode($text, true, 512, JSON_THROW_ON_ERROR);
}

function headers(string $token): array
{
    return [
        'Authorization' => "Bearer $token",
        'Ocp-Apim-Subscription-Key' => getenv('LIKSOM_SUBSCRIPTION_KEY'),
        'Merchant-Serial-Number' => getenv('LIKSOM_MSN'),
        'Idempotency-Key' => bin2hex(random_bytes(16)),
    ];
}

try {
    if (getenv('LIKSOM_URL') === false) {
        throw new RuntimeException('LIKSOM_URL is not set; run: liksom exec -- php pay.php');
    }
    $token = call('POST', '/accesstoken/get', [
        'client_id' => getenv('LIKSOM_CLIENT_ID'),
        'client_secret' => getenv('LIKSOM_CLIENT_SECRET'),
        'Ocp-Apim-Subscription-Key' => getenv('LIKSOM_SUBSCRIPTION_KEY'),
    ])['access_token'];
    $amount = ['currency' => 'NOK', 'value' => 24900];
    $reference = 'php-' . bin2hex(random_bytes(8));
    $payment = "/epayment/v1/payments/$reference";

    call('POST', '/epayment/v1/payments', headers($token), [
        'amount' => $amount, 'reference' => $reference, 'paymentMethod' => ['type' => 'WALLET'], 'userFlow' => 'WEB_REDIRECT',
        'returnUrl' => 'https://shop.example/thanks', 'paymentDescription' => 'Two pairs of wool socks',
    ]);
    // This one call is the simulator's own: it says yes for the customer.
    call('POST', '/sim/v1/payments/' . getenv('LIKSOM_MSN') . "/$reference/approve");
    call('POST', "$payment/capture", headers($token), ['modificationAmount' => $amount]);

    $paid = call('GET', $payment, headers($token));
    if ($paid['state'] !== 'AUTHORIZED' || $paid['aggregate']['capturedAmount']['value'] !== $amount['value']) {
        throw new RuntimeException('not paid: ' . json_encode($paid));
    }
    echo "$reference paid: {$paid['aggregate']['capturedAmount']['value']} øre\n";
} catch (Throwable $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
