import { startEcho } from '../../support/echo-backend.ts';

const { POD_NAME = 'echo', VERSION = 'one' } = process.env;
const echo = await startEcho({ name: `${VERSION}/${POD_NAME}`, address: '0.0.0.0', port: 8080 });
process.once('SIGTERM', () => void echo.close());
